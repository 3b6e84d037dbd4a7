import { LRUCache } from 'lru-cache';
import { ChaperoneError } from '../kernel/errors.js';
import type { Moment } from '../kernel/fresh-reading.js';
import type { PolicyVersion } from '../kernel/ids.js';
import { compilePolicy, type CompiledPolicy } from '../policy/compile.js';
import { parsePolicy } from '../policy/parse.js';
import type { PolicyStore } from './policy-store.js';

/** The policy that decides now, compiled; undefined when none is active, and then every call is refused. */
export type ActivePolicy = (asOf?: Moment) => Promise<CompiledPolicy | undefined>;

/** Versions kept compiled: the active one, and those that a rollback may bring back. */
const KEPT = 4;

/**
 * Asks the store with every decision which version is active, so that an activation holds in every replica from the
 * next decision on; versions never change, so what is compiled is kept by number.
 * @throws policy_evaluation_failed when the active version can't be read: no decision rather than an older one's
 */
export function makeActivePolicy({
  policies,
}: {
  readonly policies: Pick<PolicyStore, 'get'> & { active(asOf?: Moment): ReturnType<PolicyStore['active']> };
}): ActivePolicy {
  const compiled = new LRUCache<PolicyVersion, CompiledPolicy>({ max: KEPT });
  return async (asOf) => {
    const version = await policies.active(asOf);
    if (version === undefined) return undefined;
    const known = compiled.get(version);
    if (known !== undefined) return known;
    const fresh = await compileStored(policies, version);
    compiled.set(version, fresh);
    return fresh;
  };
}

/** Tools are not checked against those known now: an old policy may name one that went away, which then matches nothing. */
async function compileStored(policies: Pick<PolicyStore, 'get'>, version: PolicyVersion): Promise<CompiledPolicy> {
  const stored = await policies.get(version);
  const outcome = stored && parsePolicy(stored.document);
  if (outcome?.ok === true) return compilePolicy(outcome, version);
  throw new ChaperoneError('policy_evaluation_failed', {
    detail: `Policy version ${version} is active and can't be read by this version of Chaperone.`,
    cause: outcome?.problems[0] ?? 'it is not stored',
  });
}
