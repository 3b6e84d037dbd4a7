import * as z from 'zod/mini';
import { ask } from '../api/ask.js';

const texts = z.nullable(z.array(z.string()));

const agent = z.object({
  id: z.string(),
  name: z.string(),
  userId: z.number(),
  login: z.nullable(z.string()),
  state: z.string(),
  directUse: z.boolean(),
  tools: texts,
  expiresAt: z.nullable(z.string()),
  allowedIps: texts,
  createdAt: z.string(),
});
export type Agent = z.infer<typeof agent>;

const key = z.object({
  id: z.string(),
  algorithm: z.enum(['hmac-sha256', 'ed25519']),
  state: z.string(),
  fingerprint: z.nullable(z.string()),
  notAfter: z.nullable(z.string()),
  replaces: z.nullable(z.string()),
  expiresAt: z.nullable(z.string()),
  allowedIps: texts,
  lastUsedAt: z.nullable(z.string()),
  retiringUses: z.number(),
  createdAt: z.string(),
});
export type AgentKey = z.infer<typeof key>;

const agents = z.object({ items: z.array(agent), nextCursor: z.nullable(z.string()) });
const keys = z.object({ items: z.array(key) });

export const listAgents = (cursor: string | undefined, signal: AbortSignal) =>
  ask(agents, '/agents', { query: { cursor, limit: 50 }, signal });

export interface AgentWithKeys {
  readonly agent: Agent;
  readonly keys: readonly AgentKey[];
}

export async function readAgent(id: string, signal: AbortSignal): Promise<AgentWithKeys> {
  const [found, { items }] = await Promise.all([
    ask(agent, `/agents/${id}`, { signal }),
    ask(keys, `/agents/${id}/keys`, { signal }),
  ]);
  return { agent: found, keys: items };
}

/** Null takes a bound away. */
export interface Bounds {
  readonly tools: readonly string[] | null;
  readonly expiresAt: string | null;
  readonly allowedIps: readonly string[] | null;
}

export type Signing =
  { readonly algorithm: 'hmac-sha256' } | { readonly algorithm: 'ed25519'; readonly publicKey: string };

export interface NewAgent extends Bounds {
  readonly name: string;
  readonly account: { readonly userId: number } | { readonly login: string; readonly applicationPassword: boolean };
  readonly key: Signing;
}

const created = z.object({
  id: z.string(),
  key: z.object({ id: z.string(), secret: z.nullable(z.string()) }),
  account: z.nullable(z.object({ login: z.string(), applicationPassword: z.nullable(z.string()) })),
});
export type Created = z.infer<typeof created>;

export const createAgent = (idempotencyKey: string, { account, ...wanted }: NewAgent): Promise<Created> =>
  ask(created, '/agents', { method: 'POST', data: { ...wanted, ...account }, idempotencyKey });

export type Changes = Partial<Bounds & { name: string; state: 'active' | 'suspended'; directUse: boolean }>;

export const changeAgent = (id: string, changes: Changes): Promise<Agent> =>
  ask(agent, `/agents/${id}`, { method: 'PATCH', data: changes });

export const deleteAgent = (id: string): Promise<unknown> =>
  ask(z.looseObject({ deleted: z.boolean() }), `/agents/${id}`, { method: 'DELETE' });

const password = z.object({ applicationPassword: z.string() });
export const issuePassword = async (idempotencyKey: string, id: string): Promise<string> =>
  (
    await ask(password, `/agents/${id}/password`, {
      method: 'POST',
      data: { revokeOthers: true },
      idempotencyKey,
    })
  ).applicationPassword;

const madeKey = z.object({ id: z.string(), secret: z.nullable(z.string()) });
export type MadeKey = z.infer<typeof madeKey>;

export const addKey = (idempotencyKey: string, id: string, signing: Signing, isPending: boolean): Promise<MadeKey> =>
  ask(madeKey, `/agents/${id}/keys`, {
    method: 'POST',
    data: { ...signing, ...(isPending ? { state: 'pending' } : {}) },
    idempotencyKey,
  });

export interface Rotation {
  /** Seconds that the old key stays good. */
  readonly overlap: number;
  readonly force: boolean;
}

export const rotateKey = (
  idempotencyKey: string,
  { id, kid, publicKey, ...how }: Rotation & { readonly id: string; readonly kid: string; readonly publicKey?: string },
): Promise<MadeKey> =>
  ask(madeKey, `/agents/${id}/keys/${kid}/rotate`, {
    method: 'POST',
    data: { ...how, ...(publicKey === undefined ? {} : { publicKey }) },
    idempotencyKey,
  });

const any = z.looseObject({});
export const activateKey = (id: string, kid: string, how: Rotation): Promise<unknown> =>
  ask(any, `/agents/${id}/keys/${kid}/activate`, { method: 'POST', data: how });

export const revokeKey = (id: string, kid: string): Promise<unknown> =>
  ask(any, `/agents/${id}/keys/${kid}/revoke`, { method: 'POST' });
