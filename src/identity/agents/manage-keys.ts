import type { Actor } from '../../audit/audit-entry.js';
import type { SealedBox } from '../../secrets/sealed-box.js';
import { ChaperoneError } from '../../kernel/errors.js';
import type { AgentId, KeyId, RandomBytes } from '../../kernel/ids.js';
import { verifies, type AgentKey } from './agent.js';
import type { AgentStore } from './agent-store.js';
import { checkBounds, shownBounds, withBounds, type WantedBounds } from './bounds.js';
import { makeKey, type KeyRequest, type MadeKey } from './make-key.js';
import { noSuchAgent, type AgentDeps } from './manage-agents.js';

export interface KeyDeps extends AgentDeps {
  readonly box: SealedBox;
  readonly random: RandomBytes;
}

/** Two keys of an agent live at once: the one in use and the one that replaces it. */
const MOST_LIVE_KEYS = 2;

export type KeyBounds = Omit<WantedBounds, 'tools'>;

export type AddKey = (input: {
  readonly agentId: AgentId;
  readonly key: KeyRequest;
  /** Pending: it can be tried at POST /v1/keys/check and does nothing else until it is activated. */
  readonly pending?: boolean;
  readonly bounds?: KeyBounds;
  readonly actor: Actor;
}) => Promise<MadeKey>;

const isPending = ({ state }: AgentKey): boolean => state === 'pending';

function refuseCrowd(keys: readonly AgentKey[], pending: boolean, at: Date): void {
  if (pending && keys.some(isPending)) {
    throw new ChaperoneError('args_invalid', { detail: 'The agent has a pending key already; activate or revoke it.' });
  }
  if (!pending && keys.filter((each) => verifies(each, at)).length >= MOST_LIVE_KEYS) throw tooManyLive();
}

const tooManyLive = (): ChaperoneError =>
  new ChaperoneError('args_invalid', { detail: 'The agent has two live keys already; revoke one first.' });

/** With the key that is replaced and the one that replaces it there are two already. @throws args_invalid */
export function refuseThird(others: number): void {
  if (others > MOST_LIVE_KEYS - 2) throw tooManyLive();
}

/** A further key, active at once or pending. @throws not_found, args_invalid */
export function makeAddKey(deps: KeyDeps): AddKey {
  return ({ agentId, key: request, pending = false, bounds = {}, actor }) =>
    deps.inTransaction(async ({ agents, audit }) => {
      const at = deps.clock.now();
      checkBounds(bounds, at);
      if ((await agents.get(agentId)) === undefined) throw noSuchAgent();
      refuseCrowd(await agents.lockKeys(agentId), pending, at);
      const state = pending ? 'pending' : 'active';
      const made = makeKey(deps, request, withBounds({ agentId, state, createdAt: at }, bounds));
      await agents.insertKey(made.key);
      const { id: keyId, algorithm } = made.key;
      const detail = { agentId, keyId, algorithm, state, ...shownBounds(bounds) };
      await audit.append([{ kind: 'key.created', at, actor, detail }]);
      return made;
    });
}

export type RotateKey = (input: {
  readonly agentId: AgentId;
  readonly keyId: KeyId;
  /** How long the old key still verifies; 0 for one that leaked. */
  readonly overlapSeconds: number;
  /** Ends an overlap that is still running, and a pending key that waits for its activation. */
  readonly force: boolean;
  /** The new key is pending, and the old one stays what it is until the new one is activated. */
  readonly pending?: boolean;
  readonly bounds?: KeyBounds;
  readonly publicKey?: Uint8Array;
  readonly actor: Actor;
}) => Promise<MadeKey & { /** Null while the new key is pending. */ readonly oldKeyValidUntil: Date | null }>;

/** The keys of a rotation that is under way: retiring ones before their end, and a pending one. */
export function runningRotation(keys: readonly AgentKey[], at: Date): readonly AgentKey[] {
  return keys.filter((each) => isPending(each) || (each.state === 'retiring' && verifies(each, at)));
}

/** Ends what is under way, or refuses, since the agent may still be using it. @throws key_rotation_running */
export async function endRunning(
  agents: Pick<AgentStore, 'setKeyState'>,
  running: readonly AgentKey[],
  { force, at }: { readonly force: boolean; readonly at: Date },
): Promise<void> {
  if (running.length > 0 && !force) {
    const shown = running.map(({ id, state, notAfter }) => ({ id, state, notAfter: notAfter?.toISOString() ?? null }));
    throw new ChaperoneError('key_rotation_running', { members: { retiring: shown } });
  }
  for (const { id } of running) await agents.setKeyState(id, { state: 'revoked', notAfter: at, at });
}

/** The end of a key that another one has replaced; an end that was set before never moves to a later time. */
export async function retire(
  agents: Pick<AgentStore, 'setKeyState'>,
  key: AgentKey,
  { overlapSeconds, at }: { readonly overlapSeconds: number; readonly at: Date },
): Promise<Date> {
  const wanted = at.getTime() + overlapSeconds * 1_000;
  const notAfter = new Date(Math.min(wanted, key.notAfter?.getTime() ?? wanted));
  await agents.setKeyState(key.id, { state: overlapSeconds === 0 ? 'revoked' : 'retiring', notAfter, at });
  return notAfter;
}

/**
 * Replaces a key: the new one is active at once, the old one verifies until the overlap ends. With `pending` the new one
 * waits, so that its holder can try it first. While another rotation is under way a further one is refused.
 *
 * @throws not_found, args_invalid, key_rotation_running
 */
export function makeRotateKey(deps: KeyDeps): RotateKey {
  return ({ agentId, keyId, overlapSeconds, force, pending = false, bounds = {}, publicKey, actor }) =>
    deps.inTransaction(async ({ agents, audit }) => {
      const at = deps.clock.now();
      checkBounds(bounds, at);
      const keys = await agents.lockKeys(agentId);
      const old = keys.find((each) => each.id === keyId);
      if (old === undefined || !verifies(old, at))
        throw new ChaperoneError('not_found', { detail: 'There is no such live key.' });
      const running = runningRotation(keys, at);
      await endRunning(
        agents,
        running.filter(({ id }) => id !== old.id || !force),
        { force, at },
      );
      const others = keys.filter((each) => each.id !== old.id && each.state === 'active' && verifies(each, at));
      if (overlapSeconds > 0 || pending) refuseThird(others.length);
      const { expiresAt, allowedIps } = old;
      const base = {
        agentId,
        createdAt: at,
        state: pending ? ('pending' as const) : ('active' as const),
        ...(pending ? { replaces: old.id } : {}),
        ...(expiresAt === undefined ? {} : { expiresAt }),
        ...(allowedIps === undefined ? {} : { allowedIps }),
      };
      const made = makeKey(deps, requestFor(old, publicKey), withBounds(base, bounds));
      await agents.insertKey(made.key);
      const oldKeyValidUntil = pending ? null : await retire(agents, old, { overlapSeconds, at });
      const forced = force && running.length > 0;
      const detail = {
        agentId,
        keyId: old.id,
        newKeyId: made.key.id,
        ...(pending ? { pending } : { overlapSeconds }),
        forced,
      };
      await audit.append([{ kind: 'key.rotated', at, actor, detail: { ...detail, ...shownBounds(bounds) } }]);
      return { ...made, oldKeyValidUntil };
    });
}

/** A public half that is brought makes an Ed25519 key, whatever the old one was; an Ed25519 key needs one. */
function requestFor(old: AgentKey, publicKey: Uint8Array | undefined): KeyRequest {
  if (publicKey !== undefined) return { algorithm: 'ed25519', publicKey };
  if (old.algorithm === 'hmac-sha256') return { algorithm: 'hmac-sha256' };
  throw new ChaperoneError('args_invalid', { detail: 'An Ed25519 key is rotated with its new public key.' });
}

export type RevokeKey = (input: {
  readonly agentId: AgentId;
  readonly keyId: KeyId;
  readonly actor: Actor;
}) => Promise<void>;

/** Dead with the next request, and its secret erased. Revoking a key that is revoked changes nothing. @throws not_found */
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
