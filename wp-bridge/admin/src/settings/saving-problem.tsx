import type { Problem } from '../api/problem.js';
import { ProblemNotice } from '../parts/problem-notice.js';

/** Why a setting wasn't saved. Where somebody changed settings meanwhile, theirs are read, and what was typed here stays to be saved again. */
export function SavingProblem({
  problem,
  onReload,
}: {
  readonly problem: Problem | undefined;
  readonly onReload: () => void;
}) {
  if (problem === undefined) return null;
  return <ProblemNotice problem={problem} {...(problem.code === 'settings_stale' ? { onRetry: onReload } : {})} />;
}
