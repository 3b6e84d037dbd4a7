import type { AuditEntry, Verdict } from '../audit/audit-entry.js';
import type { AuditReader } from '../audit/audit-log.js';
import { isJsonObject } from '../kernel/json.js';
import type { Decision } from '../policy/decision.js';
import { evaluate } from '../policy/evaluate.js';
import { explain } from '../policy/explain.js';
import { makeHangsOn, type HangsOn } from '../policy/hidden-arguments.js';
import type { CompiledPolicy } from '../policy/compile.js';
import { loadDraft, type DraftDeps, type DraftInput } from './draft.js';
import { MOST_DECISIONS, pastDecisions, type PastRange } from './past-decisions.js';
import { recordedCall } from './recorded-call.js';

export type ReplayInput = DraftInput & Pick<PastRange, 'from' | 'to'> & { readonly last?: number | undefined };

/** A call that would end otherwise. */
export interface ChangedCall {
  readonly entry: AuditEntry;
  readonly was: Verdict;
  readonly decision: Decision;
  readonly explanation: string;
  /** The lists of terms that both decisions used and that changed meanwhile: the change may be theirs alone. */
  readonly changedLists: readonly string[];
}

export interface ReplayReport {
  readonly policyVersion: number | null;
  /** The lists of terms that decided again, as they are now: the digest of each, null for one that isn't there. */
  readonly termLists: Readonly<Record<string, string | null>>;
  /** Decisions looked at; `truncated` when there were more in the range. */
  readonly considered: number;
  readonly truncated: boolean;
  readonly replayed: number;
  readonly unchanged: number;
  /** Newest first: every one of them. */
  readonly changed: readonly ChangedCall[];
  /** Calls that can't be decided again, by reason. */
  readonly notReplayable: Readonly<Record<string, number>>;
  /** Of the replayed ones, those that the policy would also count under a limit, which a replay can't weigh. */
  readonly limitsNotWeighed: number;
}

export type ReplayPolicy = (input: ReplayInput, progress?: (considered: number) => void) => Promise<ReplayReport>;

/**
 * Past calls decided again by another policy, with the facts of then. A call is only replayed when nothing that the log
 * left out (secrets, long texts) can matter to any rule; the others are counted with their reason, never guessed.
 * @throws what loadDraft throws
 */
export function makeReplayPolicy(deps: DraftDeps & { readonly log: Pick<AuditReader, 'list'> }): ReplayPolicy {
  return async ({ last, from, to, ...draft }, progress = () => undefined) => {
    const { compiled } = await loadDraft(deps, draft);
    const replay = { policy: compiled, hangsOn: makeHangsOn(compiled.document) };
    const most = Math.min(last ?? MOST_DECISIONS, MOST_DECISIONS);
    const report = { considered: 0, replayed: 0, unchanged: 0, limitsNotWeighed: 0 };
    const changed: ChangedCall[] = [];
    const notReplayable: Record<string, number> = {};
    for await (const entry of pastDecisions(deps.log, { from, to, last: most })) {
      report.considered += 1;
      if (report.considered % 500 === 0) progress(report.considered);
      const again = decideAgain(entry, replay);
      if ('why' in again) {
        notReplayable[again.why] = (notReplayable[again.why] ?? 0) + 1;
        continue;
      }
      report.replayed += 1;
      if (again.decision.limits.length > 0) report.limitsNotWeighed += 1;
      if (again.decision.effect === again.was) report.unchanged += 1;
      else
        changed.push({
          entry,
          ...again,
          explanation: explain(again.decision),
          changedLists: changedLists(entry, compiled),
        });
    }
    const truncated = last === undefined && report.considered === MOST_DECISIONS;
    return {
      policyVersion: compiled.version,
      termLists: compiled.termLists,
      ...report,
      truncated,
      changed,
      notReplayable,
    };
  };
}

function changedLists({ detail }: AuditEntry, { termLists }: CompiledPolicy): readonly string[] {
  const then = isJsonObject(detail) ? detail['termLists'] : undefined;
  if (!isJsonObject(then)) return [];
  return Object.entries(termLists).flatMap(([name, digest]) =>
    Object.hasOwn(then, name) && then[name] !== digest ? [name] : [],
  );
}

interface Replay {
  readonly policy: CompiledPolicy;
  readonly hangsOn: HangsOn;
}

function decideAgain(
  entry: AuditEntry,
  { policy, hangsOn }: Replay,
): { readonly was: Verdict; readonly decision: Decision } | { readonly why: string } {
  if (entry.damaged === true) return { why: 'its entry is damaged' };
  const past = recordedCall(entry);
  if ('why' in past) return past;
  const was = entry.verdict;
  if (was === undefined) return { why: 'its entry names no verdict' };
  if (entry.code === 'rate_limited') return { why: 'a limit refused it, and counts of then are gone' };
  const rule = hangsOn(past.call, past.facts, past.hidden);
  if (rule !== undefined) return { why: `the log left out arguments that the rule ${rule} looks at` };
  return { was, decision: evaluate(policy, past.call, past.facts) };
}
