import type { BridgeKey } from '../secrets/bridge-keys.js';
import type { SealedBox } from '../secrets/sealed-box.js';
import type { Clock } from '../kernel/clock.js';
import type { KeyId } from '../kernel/ids.js';
import { Secret } from '../kernel/secret.js';
import { canBeTried, keyPlace, verifies, type Agent, type AgentKey } from './agents/agent.js';
import type { AgentStore } from './agents/agent-store.js';
import { ed25519PublicKey, isSoundPublicKey, type VerificationKey } from './signatures/index.js';

/** A key that verifies, and on whose behalf. */
export interface OwnedKey {
  readonly key: VerificationKey;
  readonly owner:
    { readonly kind: 'agent'; readonly agent: Agent; readonly stored: AgentKey } | { readonly kind: 'bridge' };
}

/** `trial`: a pending key is found too, for the one route at which it may be tried. */
export type FindOwnedKey = (id: KeyId, trial: boolean) => Promise<OwnedKey | undefined>;

function verificationKey(key: AgentKey, box: SealedBox): VerificationKey | undefined {
  const { id, algorithm, sealedSecret, publicKey } = key;
  if (algorithm === 'hmac-sha256' && sealedSecret !== undefined) {
    const secret: Uint8Array = Buffer.from(box.open(sealedSecret, keyPlace(id)), 'base64');
    return { id, algorithm, secret: new Secret(secret) };
  }
  if (algorithm === 'ed25519' && publicKey !== undefined) {
    const raw = Buffer.from(publicKey, 'base64');
    return isSoundPublicKey(raw) ? { id, algorithm, publicKey: ed25519PublicKey(raw) } : undefined;
  }
  return undefined;
}

/** Looks a key up at every request, so that a revoked one is dead at once. Unknown, pending, expired and revoked are all undefined. */
export function makeFindOwnedKey(deps: {
  readonly agents: Pick<AgentStore, 'key'>;
  readonly bridgeKeys: () => Promise<readonly BridgeKey[] | undefined>;
  readonly box: SealedBox;
  readonly clock: Clock;
}): FindOwnedKey {
  return async (id, trial) => {
    if (id.startsWith('bridge_')) {
      const found = (await deps.bridgeKeys())?.find((each) => each.id === id);
      if (found === undefined) return undefined;
      return { key: { id, algorithm: 'hmac-sha256', secret: found.secret }, owner: { kind: 'bridge' } };
    }
    const found = await deps.agents.key(id);
    const isGood = trial ? canBeTried : verifies;
    if (found === undefined || !isGood(found.key, deps.clock.now())) return undefined;
    const key = verificationKey(found.key, deps.box);
    return key === undefined ? undefined : { key, owner: { kind: 'agent', agent: found.agent, stored: found.key } };
  };
}
