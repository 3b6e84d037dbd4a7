import type { Actor } from '../../audit/audit-entry.js';
import type { SealedBox } from '../../secrets/sealed-box.js';
import { ChaperoneError } from '../../kernel/errors.js';
import { newKeyId, type AgentId, type KeyId, type RandomBytes } from '../../kernel/ids.js';
import { Secret } from '../../kernel/secret.js';
import { keyPlace, verifies, type AgentKey } from './agent.js';
import { noSuchAgent, type AgentDeps } from './manage-agents.js';

/** What signs: a fresh HMAC secret of ours, or the public half of an Ed25519 key that the agent brings. */
export type KeyRequest =
  { readonly algorithm: 'hmac-sha256' } | { readonly algorithm: 'ed25519'; readonly publicKey: Uint8Array };

/** A key just made. The HMAC secret, in base64, is shown this once; null for Ed25519. */
export interface MadeKey {
  readonly key: AgentKey;
  readonly secret: Secret<string> | null;
}

export interface KeyDeps extends AgentDeps {
  readonly box: SealedBox;
  readonly random: RandomBytes;
}

/** Two keys of an agent live at once: the one in use and the one that replaces it. */
const MOST_LIVE_KEYS = 2;
const SECRET_BYTES = 32;
const PUBLIC_KEY_BYTES = 32;

/** @throws args_invalid for a public key of another length */
export function makeKey(
  deps: Pick<KeyDeps, 'box' | 'random'>,
  request: KeyRequest,
  of: Pick<AgentKey, 'agentId' | 'state' | 'createdAt'>,
): MadeKey {
  const id = newKeyId(deps.random);
  const base = { ...of, id, algorithm: request.algorithm };
  if (request.algorithm === 'ed25519') {
    if (request.publicKey.byteLength !== PUBLIC_KEY_BYTES) {
      throw new ChaperoneError('args_invalid', { detail: 'An Ed25519 public key has 32 bytes.' });
    }
    return { key: { ...base, publicKey: Buffer.from(request.publicKey).toString('base64') }, secret: null };
  }
  const secret = Buffer.from(deps.random(SECRET_BYTES)).toString('base64');
  return { key: { ...base, sealedSecret: deps.box.seal(secret, keyPlace(id)) }, secret: new Secret(secret) };
}

export type AddKey = (input: {
  readonly agentId: AgentId;
  readonly key: KeyRequest;
  readonly actor: Actor;
}) => Promise<MadeKey>;

/** A further key, active at once, while the agent has fewer than two. @throws not_found, args_invalid */
export function makeAddKey(deps: KeyDeps): AddKey {
  return ({ agentId, key: request, actor }) =>
    deps.inTransaction(async ({ agents, audit }) => {
      const at = deps.clock.now();
      if ((await agents.get(agentId)) === undefined) throw noSuchAgent();
      const live = (await agents.lockKeys(agentId)).filter((each) => verifies(each, at));
      if (live.length >= MOST_LIVE_KEYS) {
        throw new ChaperoneError('args_invalid', { detail: 'The agent has two live keys already; revoke one first.' });
      }
      const made = makeKey(deps, request, { agentId, state: 'active', createdAt: at });
      await agents.insertKey(made.key);
      await audit.append([
        { kind: 'key.created', at, actor, detail: { agentId, keyId: made.key.id, algorithm: made.key.algorithm } },
      ]);
      return made;
    });
}

export type RotateKey = (input: {
  readonly agentId: AgentId;
  readonly keyId: KeyId;
  /** How long the old key still verifies; 0 for one that leaked. */
  readonly overlapSeconds: number;
  /** Ends an overlap that is still running. */
  readonly force: boolean;
  readonly publicKey?: Uint8Array;
  readonly actor: Actor;
}) => Promise<MadeKey & { readonly oldKeyValidUntil: Date }>;

/**
 * Replaces a key: the new one is active at once, the old one verifies until the overlap ends. While another key is
 * still in its overlap a further rotation is refused, since it would drop the key that the agent may still be using.
 *
 * @throws not_found, args_invalid, key_rotation_running
 */
export function makeRotateKey(deps: KeyDeps): RotateKey {
  return ({ agentId, keyId, overlapSeconds, force, publicKey, actor }) =>
    deps.inTransaction(async ({ agents, audit }) => {
      const at = deps.clock.now();
      const keys = await agents.lockKeys(agentId);
      const old = keys.find((each) => each.id === keyId);
      if (old === undefined || !verifies(old, at))
        throw new ChaperoneError('not_found', { detail: 'There is no such live key.' });
      const retiring = keys.filter((each) => each.state === 'retiring' && verifies(each, at));
      if (retiring.length > 0 && !force) {
        throw new ChaperoneError('key_rotation_running', {
          members: {
            retiring: retiring.map(({ id, notAfter }) => ({ id, notAfter: notAfter?.toISOString() ?? null })),
          },
        });
      }
      for (const each of retiring)
        if (each.id !== old.id) await agents.setKeyState(each.id, { state: 'revoked', notAfter: at, at });
      const made = makeKey(deps, requestLike(old, publicKey), { agentId, state: 'active', createdAt: at });
      await agents.insertKey(made.key);
      const oldKeyValidUntil = new Date(at.getTime() + overlapSeconds * 1_000);
      const state = overlapSeconds === 0 ? 'revoked' : 'retiring';
      await agents.setKeyState(old.id, { state, notAfter: oldKeyValidUntil, at });
      const detail = {
        agentId,
        keyId: old.id,
        newKeyId: made.key.id,
        overlapSeconds,
        forced: force && retiring.length > 0,
      };
      await audit.append([{ kind: 'key.rotated', at, actor, detail }]);
      return { ...made, oldKeyValidUntil };
    });
}

/** The new key is of the old one's kind; an Ed25519 key needs its new public half. */
function requestLike(old: AgentKey, publicKey: Uint8Array | undefined): KeyRequest {
  if (old.algorithm === 'hmac-sha256') return { algorithm: 'hmac-sha256' };
  if (publicKey === undefined)
    throw new ChaperoneError('args_invalid', { detail: 'An Ed25519 key is rotated with its new public key.' });
  return { algorithm: 'ed25519', publicKey };
}

export type RevokeKey = (input: {
  readonly agentId: AgentId;
  readonly keyId: KeyId;
  readonly actor: Actor;
}) => Promise<void>;

/** Dead with the next request. Revoking a key that is revoked changes nothing. @throws not_found */
export function makeRevokeKey(deps: AgentDeps): RevokeKey {
  return ({ agentId, keyId, actor }) =>
    deps.inTransaction(async ({ agents, audit }) => {
      const at = deps.clock.now();
      const key = (await agents.lockKeys(agentId)).find((each) => each.id === keyId);
      if (key === undefined) throw new ChaperoneError('not_found', { detail: 'There is no such key.' });
      if (key.state === 'revoked') return;
      await agents.setKeyState(keyId, { state: 'revoked', notAfter: at, at });
      await audit.append([{ kind: 'key.revoked', at, actor, detail: { agentId, keyId } }]);
    });
}
