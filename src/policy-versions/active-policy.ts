import { LRUCache } from 'lru-cache';
import { ChaperoneError } from '../kernel/errors.js';
import type { Moment } from '../kernel/fresh-reading.js';
import type { PolicyVersion } from '../kernel/ids.js';
import { compilePolicy, termListsUsed, type CompiledPolicy } from '../policy/compile.js';
import { parsePolicy, type ParsedPolicy } from '../policy/parse.js';
import { NO_TERM_LISTS, type TermLists } from '../policy/term-lists.js';
import type { PolicyStore } from './policy-store.js';

/** The policy that decides now, compiled; undefined when none is active, and then every call is refused. */
export type ActivePolicy = (asOf?: Moment) => Promise<CompiledPolicy | undefined>;

/** Versions kept compiled: the active one, and those that a rollback may bring back. */
const KEPT = 4;

/**
 * Asks the store with every decision which version is active, and for the lists of terms that it uses, so that an activation
 * or another list holds in every replica from the next decision on. Versions never change, so what is compiled is kept by
 * number, as long as its lists are the same.
 * @throws policy_evaluation_failed when the active version can't be read: no decision rather than an older one's
 */
export function makeActivePolicy({
  policies,
  termLists,
}: {
  readonly policies: Pick<PolicyStore, 'get'> & { active(asOf?: Moment): ReturnType<PolicyStore['active']> };
  readonly termLists: () => Promise<TermLists>;
}): ActivePolicy {
  const known = new LRUCache<PolicyVersion, Known>({ max: KEPT });
  return async (asOf) => {
    const version = await policies.active(asOf);
    if (version === undefined) return undefined;
    const before = known.get(version);
    const parsed = before?.parsed ?? (await parseStored(policies, version));
    const lists = termListsUsed(parsed.policy).length === 0 ? NO_TERM_LISTS : await termLists();
    if (before?.lists === lists) return before.compiled;
    const compiled = compilePolicy(parsed, version, lists);
    known.set(version, { parsed, lists, compiled });
    return compiled;
  };
}

interface Known {
  readonly parsed: ParsedPolicy;
  readonly lists: TermLists;
  readonly compiled: CompiledPolicy;
}

/** Tools are not checked against those known now: an old policy may name one that went away, which then matches nothing. */
async function parseStored(policies: Pick<PolicyStore, 'get'>, version: PolicyVersion): Promise<ParsedPolicy> {
  const stored = await policies.get(version);
  const outcome = stored && parsePolicy(stored.document);
  if (outcome?.ok === true) return outcome;
  throw new ChaperoneError('policy_evaluation_failed', {
    detail: `Policy version ${version} is active and can't be read by this version of Chaperone.`,
    cause: outcome?.problems[0] ?? 'it is not stored',
  });
}
