import type { Decision } from '../policy/decision.js';
import type { Facts, PolicyCall } from '../policy/facts.js';
import type { ShadowVerdict } from '../policy-versions/shadow-policy.js';

/** What a decision was made from, and what a shadow policy said beside it: for the log, never for the agent. */
export interface Witness {
  readonly call: PolicyCall;
  readonly facts: Facts;
  readonly shadow: ShadowVerdict | undefined;
}

/** Under a symbol, which copies of a decision keep and JSON never shows. */
const WITNESS = Symbol('witness');

type Witnessed = Decision & { readonly [WITNESS]?: Witness };

export function withWitness(decision: Decision, witness: Witness): Decision {
  const witnessed: Witnessed = { ...decision, [WITNESS]: witness };
  return witnessed;
}

export function witnessOf(decision: Witnessed): Witness | undefined {
  return decision[WITNESS];
}
