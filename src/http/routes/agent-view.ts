import { z } from 'zod';
import { shownState, type Agent, type AgentKey } from '../../identity/agents/agent.js';
import type { KeyRequest, MadeKey } from '../../identity/agents/make-key.js';
import { noSuchAgent } from '../../identity/agents/manage-agents.js';
import { ChaperoneError } from '../../kernel/errors.js';
import { parseAgentId, parseKeyId, type AgentId, type KeyId } from '../../kernel/ids.js';
import type { JsonObject } from '../../kernel/json.js';

/** Bounds as they come: null takes one away. What they mean is checked by the use case. */
const texts = z.array(z.string().max(200)).max(100).nullable();
const instant = z.iso
  .datetime({ offset: true })
  .transform((text) => new Date(text))
  .nullable();
export const keyBounds = { expiresAt: instant.optional(), allowedIps: texts.optional() };
export const agentBounds = { ...keyBounds, tools: texts.optional() };

export const publicKey = z.base64().max(64);

/** What of a key's body says how it signs. */
export const signing = {
  algorithm: z.enum(['hmac-sha256', 'ed25519']).default('hmac-sha256'),
  publicKey: publicKey.optional(),
};
type Signing = { readonly algorithm: 'hmac-sha256' | 'ed25519'; readonly publicKey?: string | undefined };

export const isWhole = ({ algorithm, publicKey: half }: Signing): boolean =>
  (algorithm === 'ed25519') === (half !== undefined);
export const WHOLE = 'an ed25519 key comes with its publicKey, and no other does';

export const keyRequestOf = ({ algorithm, publicKey: half }: Signing): KeyRequest =>
  algorithm === 'ed25519' ? { algorithm, publicKey: Buffer.from(half ?? '', 'base64') } : { algorithm };

interface SentBounds {
  readonly tools?: readonly string[] | null | undefined;
  readonly expiresAt?: Date | null | undefined;
  readonly allowedIps?: readonly string[] | null | undefined;
}

/** Those that were sent, and no others. */
export const sentBounds = ({ tools, expiresAt, allowedIps }: SentBounds) => ({
  ...(tools === undefined ? {} : { tools }),
  ...(expiresAt === undefined ? {} : { expiresAt }),
  ...(allowedIps === undefined ? {} : { allowedIps }),
});

const list = (items: readonly string[] | undefined): string[] | null => (items === undefined ? null : [...items]);

export const showAgent = ({ id, name, userId, state, directUse, createdAt, ...bounds }: Agent): JsonObject => ({
  id,
  name,
  userId,
  state,
  directUse,
  tools: list(bounds.tools),
  expiresAt: bounds.expiresAt?.toISOString() ?? null,
  allowedIps: list(bounds.allowedIps),
  createdAt: createdAt.toISOString(),
});

export const showKey = (key: AgentKey, now: Date): JsonObject => ({
  id: key.id,
  algorithm: key.algorithm,
  state: shownState(key, now),
  fingerprint: key.fingerprint ?? null,
  publicKey: key.publicKey ?? null,
  notAfter: key.notAfter?.toISOString() ?? null,
  replaces: key.replaces ?? null,
  expiresAt: key.expiresAt?.toISOString() ?? null,
  allowedIps: list(key.allowedIps),
  lastUsedAt: key.lastUsedAt?.toISOString() ?? null,
  retiringUses: key.retiringUses,
  createdAt: key.createdAt.toISOString(),
});

/** With the secret, this once. */
export const showMade = ({ key, secret }: MadeKey, now: Date): JsonObject => ({
  ...showKey(key, now),
  secret: secret?.reveal() ?? null,
});

type Params = Readonly<Record<string, string>>;

/** @throws not_found */
export function agentIdIn(params: Params): AgentId {
  const id = parseAgentId(params['id']);
  if (id === undefined) throw noSuchAgent();
  return id;
}

/** @throws not_found */
export function keyIdIn(params: Params): KeyId {
  const id = parseKeyId(params['kid']);
  if (id === undefined) throw new ChaperoneError('not_found', { detail: 'There is no such key.' });
  return id;
}
