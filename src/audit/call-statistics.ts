import type { AgentId } from '../kernel/ids.js';
import type { Verdict } from './audit-entry.js';

/** Half-open, cut into slices of `sliceSeconds` from its beginning. */
export interface StatisticsSpan {
  readonly from: Date;
  readonly to: Date;
  readonly sliceSeconds: number;
}

/** How many decisions of one kind fell into one slice. */
export interface DecisionCount {
  /** The slice's place, from 0. */
  readonly slice: number;
  readonly agentId: AgentId | null;
  readonly tool: string | null;
  readonly verdict: Verdict;
  readonly code: string | null;
  readonly count: number;
}

/** Sums over the log, for people; nothing is decided by them. */
export interface CallStatistics {
  decisions(span: StatisticsSpan): Promise<readonly DecisionCount[]>;
  /** How many calls ended in each way. */
  outcomes(span: Pick<StatisticsSpan, 'from' | 'to'>): Promise<Readonly<Record<string, number>>>;
}
