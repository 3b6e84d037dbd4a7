import type { Actor } from '../audit/audit-entry.js';
import { ChaperoneError } from '../kernel/errors.js';
import type { PolicyVersion } from '../kernel/ids.js';
import { parsePolicy } from '../policy/parse.js';
import type { TermLists } from '../policy/term-lists.js';
import { checkedNote } from './note.js';
import type { Activation } from './policy-store.js';
import type { ChangeDeps, PolicyStores } from './stores.js';

export interface ActivatePolicyInput {
  readonly version: PolicyVersion;
  readonly note: string;
  readonly actor: Actor;
}

export type ActivatePolicy = (input: ActivatePolicyInput) => Promise<Activation>;

/**
 * Makes a stored version the active one; an older one is a rollback. What this version of Chaperone can't evaluate, and a
 * rule whose list of terms is gone, is refused here rather than with every call afterwards.
 * @throws not_found, policy_invalid with `problems`, request_malformed for the note
 */
export function makeActivatePolicy(
  deps: ChangeDeps & { readonly termLists: () => Promise<TermLists> },
): ActivatePolicy {
  return async ({ version, note, actor }) => {
    const checked = checkedNote(note);
    const knownTermLists = [...(await deps.termLists()).keys()];
    return deps.inTransaction(async (stores) => {
      const stored = await stores.policies.get(version);
      if (stored === undefined)
        throw new ChaperoneError('not_found', { detail: `There is no policy version ${version}.` });
      const outcome = parsePolicy(stored.document, { knownTermLists });
      if (!outcome.ok) throw new ChaperoneError('policy_invalid', { members: { problems: outcome.problems } });
      return activateIn(stores, { version, note: checked, actor, at: deps.clock.now() });
    });
  };
}

/** Writes the activation and its audit entry, which says what was active before. */
export async function activateIn(
  { policies, audit }: PolicyStores,
  { version, note, actor, at }: ActivatePolicyInput & { readonly at: Date },
): Promise<Activation> {
  const previous = await policies.active();
  const activation: Activation = { version, at, author: actor.userId ?? 0, note };
  await policies.activate(activation);
  const detail = { note, previousVersion: previous ?? null };
  await audit.append([{ kind: 'policy.activated', at, actor, policyVersion: version, detail }]);
  return activation;
}
