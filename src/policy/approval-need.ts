/** Who may vote in a step: anybody whom one of the lists names. No list: whoever has `ai_agent_approve_changes`. */
export interface Approvers {
  readonly roles?: readonly string[];
  readonly users?: readonly string[];
}

/** Further approvers of a step that has waited so long for its votes. They come to the first ones; nobody is taken away. */
export interface Escalation {
  readonly afterSeconds: number;
  readonly to: Approvers;
}

export interface NeededStep {
  readonly name: string;
  readonly approvers: Approvers;
  /** How many different people. */
  readonly quorum: number;
  readonly escalate?: Escalation;
}

/** What an `ask` waits for: the steps of every matching rule, in the order in which they run. */
export interface ApprovalNeed {
  /** The rules of the block `approvals` that ask for it; empty where the default of one vote within 24 hours holds. */
  readonly rules: readonly string[];
  readonly steps: readonly NeededStep[];
  /** The shortest of the matching rules. */
  readonly expiresInSeconds: number;
  /** True when every matching rule allows it. */
  readonly allowEdits: boolean;
}

/** Section 8 of the contract: without a rule, one vote of `ai_agent_approve_changes` within 24 hours. */
export const DEFAULT_NEED: ApprovalNeed = {
  rules: [],
  steps: [{ name: 'review', approvers: {}, quorum: 1 }],
  expiresInSeconds: 86_400,
  allowEdits: true,
};
