import type { ApprovalNeed } from './approval-need.js';
import type { BlockName, Effect, Mode } from './document.js';
import type { LimitDemand } from './limit-demand.js';
import type { Position } from './source/positions.js';

/** The codes that findings carry. Those of denials are codes of the error registry (section 9 of the contract). */
export type FindingCode =
  | 'policy_allowed'
  | 'policy_approval_required'
  | 'policy_tool_denied'
  | 'policy_entity_denied'
  | 'policy_field_denied'
  | 'policy_time_denied'
  | 'policy_blackout'
  | 'policy_content_noticed'
  | 'policy_content_denied'
  | 'rate_limited'
  | 'policy_evaluation_failed';

/** The nearest thing that would lift a finding. */
export interface Unlock {
  /** The next instant at which this rule lets the call through, ISO 8601 in UTC. */
  readonly at?: string;
  /** Whole seconds from the decision until then. */
  readonly retryAfter?: number;
  /** The argument to leave out: a JSON pointer into `args`. */
  readonly leaveOut?: string;
  /** The text to write otherwise: a JSON pointer into `args`. */
  readonly rewrite?: string;
  /** The arguments that the rule is about: with other values it may not mean the call. JSON pointers into `args`, perhaps with `*`. */
  readonly change?: readonly string[];
  /** Somebody with this capability can lift it: by another policy, or by letting a suspended agent go on. */
  readonly administrator?: 'ai_agent_manage_policies' | 'ai_agent_manage_agents';
  /** The types or statuses to keep to. */
  readonly types?: readonly string[];
  readonly statuses?: readonly string[];
  /** People may lift it: where they do so, and the steps that this rule adds. Nobody's login stands in it. */
  readonly approval?: ApprovalRoute;
}

export interface ApprovalRoute {
  readonly route: '/v1/approvals';
  readonly steps?: readonly { readonly name: string; readonly quorum: number }[];
}

/** What one rule says about one call, before it is known which rule that is. */
export interface Verdict {
  readonly effect: Effect;
  readonly code: FindingCode;
  /** For the caller and for people: what is the matter and what to do. Never a blocked term. */
  readonly message: string;
  /** The argument at fault: a JSON pointer into `args`. */
  readonly pointer?: string;
  readonly unlock?: Unlock;
  /** For the audit log and those who read it. Never for the caller: it would learn what is blocked. */
  readonly evidence?: readonly Evidence[];
  /** The agent is to be suspended for it. */
  readonly suspends?: true;
}

/** A blocked term or pattern, the list it stands in unless that is the rule itself, and where it was found: UTF-16 offsets into the field's text, `end` exclusive. */
export interface Evidence {
  readonly kind: 'term' | 'pattern';
  readonly text: string;
  readonly start: number;
  readonly end: number;
  readonly list?: string;
}

export interface Finding extends Verdict {
  /** The rule's id; `(default)` where no rule of `tools` said anything, `(mode)` where the mode holds the call. */
  readonly rule: string;
  readonly block: BlockName | 'mode';
  /** Where the rule begins in the document's text. */
  readonly source?: Position;
}

/** The names under which the absence of a rule, and the mode, are reported. No rule can be called so. */
export const DEFAULT_RULE = '(default)';
export const MODE_RULE = '(mode)';

export interface Decision {
  /** `deny` over `ask` over `allow`, whatever the order of rules. */
  readonly effect: Effect;
  /** Null for a document that isn't stored. */
  readonly policyVersion: number | null;
  readonly evaluatedAt: string;
  /** The stricter of the policy's mode and the call's own. It only means something for calls that change something. */
  readonly mode: Mode;
  /** What the call waits for; null exactly when the effect isn't `ask`. */
  readonly approval: ApprovalNeed | null;
  /** The limits under which the call is to be counted before it goes on; none when it is denied anyway. */
  readonly limits: readonly LimitDemand[];
  /** The lists of terms that the policy uses: the digest of each as it was, null for one that wasn't there. For the log. */
  readonly termLists: Readonly<Record<string, string | null>>;
  /** All of them: the strictest first, then by block and by place in the block. */
  readonly findings: readonly Finding[];
}
