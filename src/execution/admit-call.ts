import { limitHeaders } from '../limits/headers.js';
import { limitKey } from '../limits/keys.js';
import type { LimitDemand as KeyedDemand, LimitStore, LimitVerdict } from '../limits/limit-store.js';
import type { Decision } from '../policy/decision.js';
import { limitFinding, type LimitDemand } from '../policy/limit-demand.js';

/** A decision once its limits were weighed, and the response fields that say how they stand, where there were any. */
export interface Admission {
  readonly decision: Decision;
  readonly headers?: Readonly<Record<string, string>>;
}

export type AdmitCall = (decision: Decision, options: { readonly peek: boolean }) => Promise<Admission>;

/**
 * Counts a call under the limits of its decision, all or none, in one round trip (section 6, step 6). It is counted when
 * it is let in: when it is about to run or to wait for people, and not again when they have approved it. What is denied
 * demands nothing; a peek counts nothing. Where there is no room, the decision becomes `deny`.
 * Rejects when the counts can't be known; the caller then refuses the call.
 */
export function makeAdmitCall({ limits }: { readonly limits: Pick<LimitStore, 'consume'> }): AdmitCall {
  return async (decision, { peek }) => {
    if (decision.limits.length === 0) return { decision };
    const verdict = await limits.consume(decision.limits.map(keyed), { peek });
    const headers: Record<string, string> = { ...limitHeaders(verdict) };
    return { decision: verdict.admitted ? decision : refused(decision, verdict), headers };
  };
}

/** An unknown part of the key never gets here: the evaluator denies such a call. */
function keyed({ rule, per, subjects, limit, window }: LimitDemand): KeyedDemand {
  const key = limitKey(per, subjects);
  if (key === undefined) throw new Error(`${rule}: the call can't be counted`);
  return { rule, key, limit, window };
}

function refused(decision: Decision, { standings, at }: LimitVerdict): Decision {
  const full = standings.flatMap(({ admits, resetSeconds }, index) => {
    const demand = decision.limits[index];
    if (admits || demand === undefined) return [];
    const again = new Date(Math.ceil(at / 1_000) + resetSeconds * 1_000);
    return [limitFinding(demand, { retryAfter: resetSeconds, at: again })];
  });
  return { ...decision, effect: 'deny', approval: null, limits: [], findings: [...full, ...decision.findings] };
}
