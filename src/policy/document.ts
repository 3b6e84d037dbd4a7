import type { Json } from '../kernel/json.js';

/**
 * The policy document, format 1 (section 8 of the contract), as it is after parsing: every default is filled in, every
 * clock time, address and pointer was checked. Absent lists mean "no restriction"; present ones are never empty.
 */
export interface PolicyDocument extends RulesByBlock {
  readonly formatVersion: 1;
  readonly name: string;
  /** An IANA zone, a fixed offset such as `+05:30`, or `site`: WordPress's own. */
  readonly timezone: string;
  readonly mode: Mode;
  readonly severities: Readonly<Record<Severity, Effect>>;
}

/** The blocks that hold rules, in the order in which they are judged and reported. */
export interface RuleBlocks {
  readonly tools: ToolRule;
  readonly entities: EntityRule;
  readonly time: TimeRule;
  readonly content: ContentRule;
  readonly rateLimits: RateLimitRule;
  readonly approvals: ApprovalRule;
}
export type BlockName = keyof RuleBlocks;
export type RuleOf<K extends BlockName> = RuleBlocks[K];
export type RulesByBlock = { readonly [K in BlockName]: readonly RuleBlocks[K][] };

export const EFFECTS = ['allow', 'ask', 'deny'] as const;
export type Effect = (typeof EFFECTS)[number];
export const MODES = ['suggest', 'review', 'autonomous'] as const;
export type Mode = (typeof MODES)[number];
export const SEVERITIES = ['low', 'medium', 'high', 'critical'] as const;
export type Severity = (typeof SEVERITIES)[number];
/** In the order of a date whose day 0 is a Sunday, so that a weekday's number is its place here. */
export const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;
export type Day = (typeof DAYS)[number];

export interface RuleBase {
  readonly id: string;
  readonly match: Match;
}

/** Every member given must hold; within a list, any one. No member: everything matches. */
export interface Match {
  readonly tools?: readonly string[];
  readonly agents?: readonly string[];
  readonly users?: readonly string[];
  readonly roles?: readonly string[];
  readonly ips?: readonly string[];
  readonly entities?: EntityMatch;
  readonly args?: readonly ArgTest[];
}

export interface EntityMatch {
  readonly types?: readonly string[];
  readonly ids?: readonly number[];
  readonly statuses?: readonly string[];
}

/** One test of one argument. `path` is a JSON pointer; a `*` segment stands for every element or member. */
export type ArgTest =
  | { readonly path: string; readonly test: 'equals'; readonly value: Json }
  | { readonly path: string; readonly test: 'in'; readonly values: readonly Json[] }
  | { readonly path: string; readonly test: 'matches'; readonly pattern: string }
  | { readonly path: string; readonly test: 'exists'; readonly exists: boolean }
  | { readonly path: string; readonly test: 'longerThan'; readonly length: number }
  | { readonly path: string; readonly test: 'greaterThan'; readonly number: number };

export interface ToolRule extends RuleBase {
  readonly effect: Effect;
}

export interface EntityRule extends RuleBase {
  readonly types?: readonly string[];
  readonly statuses?: readonly string[];
  readonly denyFields?: readonly string[];
}

/** Minutes since midnight; `to` is at most 1440, and less than `from` when the window crosses midnight. */
export interface WeeklyWindow {
  readonly kind: 'weekly';
  readonly days: readonly Day[];
  readonly from: number;
  readonly to: number;
}

/** Local date and time as milliseconds of a calendar without zones (1970-01-01T00:00 local is 0). */
export interface DatedWindow {
  readonly kind: 'dated';
  readonly from: number;
  readonly to: number;
}
export type TimeWindow = WeeklyWindow | DatedWindow;

export interface TimeRule extends RuleBase {
  readonly timezone?: string;
  readonly allow?: readonly TimeWindow[];
  readonly blackout?: readonly TimeWindow[];
  readonly onViolation: 'deny' | 'ask';
}

export interface ContentRule extends RuleBase {
  /** Absent: every string at any depth. */
  readonly fields?: readonly string[];
  readonly terms?: readonly string[];
  readonly patterns?: readonly string[];
  /** Names of lists that are kept in the settings. */
  readonly termLists?: readonly string[];
  readonly severity: Severity;
}

export const LIMIT_SUBJECTS = ['user', 'agent', 'ip', 'tool', 'site'] as const;
export type LimitSubject = (typeof LIMIT_SUBJECTS)[number];
export type LimitWindow =
  { readonly kind: 'rolling'; readonly seconds: number } | { readonly kind: 'calendar'; readonly unit: 'hour' | 'day' };

export interface RateLimitRule extends RuleBase {
  readonly timezone?: string;
  readonly per: readonly LimitSubject[];
  readonly limit: number;
  readonly window: LimitWindow;
}

/** Anybody whom one of the lists names. */
export interface NamedApprovers {
  readonly roles?: readonly string[];
  readonly users?: readonly string[];
}

export interface ApprovalStep {
  readonly name: string;
  readonly approvers: NamedApprovers;
  readonly quorum: number;
  /** Who may vote too, once the step has waited so long for its votes. */
  readonly escalate?: { readonly afterSeconds: number; readonly to: NamedApprovers };
}

export interface ApprovalRule extends RuleBase {
  readonly steps: readonly ApprovalStep[];
  readonly expiresInSeconds: number;
  readonly allowEdits: boolean;
}
