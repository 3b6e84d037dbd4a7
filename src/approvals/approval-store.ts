import type { AgentId, ApprovalId, CallId } from '../kernel/ids.js';
import type { Approval, ApprovalState, Outcome } from './approval.js';

/** An approval in a list: without the texts of the call. */
export interface ApprovalSummary extends Omit<Approval, 'proposed' | 'effective' | 'before' | 'findings' | 'outcome'> {
  /** Its place in the order of asking: what a cursor is made of. */
  readonly seq: number;
}

/** For what looks at people and votes alone, and never at the texts. */
export const withoutTexts = (summary: ApprovalSummary): Approval => ({
  ...summary,
  proposed: {},
  effective: {},
  before: null,
  findings: [],
  outcome: null,
});

/** `open`: people can still decide. `decided`: everything else, past its expiry included. */
export type ApprovalGroup = 'open' | 'decided';

export interface ApprovalStore {
  insert(approval: Approval): Promise<void>;
  get(id: ApprovalId): Promise<Approval | undefined>;
  byCall(callId: CallId): Promise<Approval | undefined>;
  /** As `get`, and nobody else gets it so until the transaction ends. */
  lock(id: ApprovalId): Promise<Approval | undefined>;
  /**
   * Writes what can change: state, effective arguments with digest and seal, resolution, votes cast and votes dropped.
   * @returns false, and nothing is written, when the state isn't that of `from` any more: of many who claim, one gets true
   */
  save(from: Approval, to: Approval): Promise<boolean>;
  /** Ends the running approval of a call, if it has one. @returns false when there is none that runs */
  finish(
    callId: CallId,
    end: { readonly state: ApprovalState; readonly outcome: Outcome; readonly at: Date },
  ): Promise<boolean>;
  /** Newest first, strictly before `before`. What is past its expiry counts as expired, marked or not. */
  list(page: {
    readonly status?: ApprovalState;
    readonly group?: ApprovalGroup;
    readonly tool?: string;
    readonly agentId?: AgentId;
    /** Those alone that have a step with an escalation. */
    readonly escalating?: true;
    readonly before?: number;
    readonly limit: number;
    readonly now: Date;
  }): Promise<readonly ApprovalSummary[]>;
  /** How many people can still decide, and the first instant at which one of them dies. */
  waiting(now: Date): Promise<{ readonly count: number; readonly firstExpiry: Date | null }>;
  /** Those past their expiry that nobody has marked yet, the longest first. */
  due(now: Date, limit: number): Promise<readonly ApprovalId[]>;
  /** Those whose outcome is unknown since before `before` and which nobody has looked for on the site, the longest first. */
  unsettled(before: Date, limit: number): Promise<readonly ApprovalId[]>;
  /** Approved, alive, and not claimed since before `before`: whoever was to run them stopped. */
  unclaimed(before: Date, now: Date, limit: number): Promise<readonly ApprovalId[]>;
}
