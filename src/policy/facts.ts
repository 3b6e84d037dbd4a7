import type { JsonObject } from '../kernel/json.js';
import type { Mode } from './document.js';

/** What an agent asks for: a tool and its arguments, already checked against the tool's schema. */
export interface PolicyCall {
  readonly tool: string;
  readonly args: JsonObject;
  /** The mode that the caller asks for; it only counts where it is stricter than the policy's. */
  readonly mode?: Mode;
}

/**
 * Everything that rules may know about the world, gathered before a decision. A gatherer that can't learn a fact must
 * not make one up: it refuses the call, or says `null` where null means unknown.
 */
export interface Facts {
  /** The one instant of the decision. */
  readonly now: Date;
  /** WordPress's zone as `wp_timezone_string()` gives it: an IANA name, or an offset such as `+05:30`. */
  readonly siteTimeZone: string;
  readonly subject: Subject;
  /** Every entity that the call touches, in any order; empty when it touches none. */
  readonly entities: readonly EntityFact[];
  readonly tool: { readonly name: string; readonly effect: 'read' | 'write' };
}

export interface Subject {
  /** Null when the caller isn't an agent: then no rule for agents means it. */
  readonly agentId: string | null;
  readonly userId: number;
  readonly login: string;
  readonly roles: readonly string[];
  /** Null when unknown: then a rule that asks for the address can't be decided and refuses. */
  readonly ip: string | null;
}

/**
 * One thing on the site. `status` is what it has now, `requestedStatus` what the call asks for (for something new, the
 * status it would get, WordPress's own default included). Both are left out for kinds that have none, such as settings.
 */
export type EntityFact =
  | { readonly kind: 'create'; readonly type: string; readonly requestedStatus?: string }
  | {
      readonly kind: 'existing';
      readonly type: string;
      readonly id?: number;
      readonly status?: string;
      readonly requestedStatus?: string;
    };
