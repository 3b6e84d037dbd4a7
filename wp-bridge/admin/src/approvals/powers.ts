import * as z from 'zod/mini';
import { ask } from '../api/ask.js';

const person = z.object({ userId: z.number(), login: z.string() });

const grant = z.object({
  id: z.string(),
  state: z.string(),
  approvalId: z.string(),
  agentId: z.string(),
  tool: z.string(),
  target: z.string(),
  texts: z.array(z.string()),
  fixed: z.record(z.string(), z.unknown()),
  by: z.array(person),
  expiresAt: z.string(),
  secondsLeft: z.number(),
  uses: z.number(),
  lastUsedAt: z.nullable(z.string()),
});
export type Grant = z.infer<typeof grant>;
const grants = z.object({ items: z.array(grant) });

/** Approvals that are remembered now. */
export const listGrants = async (signal: AbortSignal): Promise<readonly Grant[]> =>
  (await ask(grants, '/approval-grants', { signal })).items;

export const revokeGrant = (id: string): Promise<Grant> =>
  ask(grant, `/approval-grants/${id}/revoke`, { method: 'POST', data: {} });

const delegation = z.object({
  id: z.string(),
  from: person,
  to: person,
  state: z.string(),
  mayRevoke: z.boolean(),
  startsAt: z.string(),
  endsAt: z.string(),
  note: z.nullable(z.string()),
});
export type Delegation = z.infer<typeof delegation>;
const delegations = z.object({ items: z.array(delegation) });

/** Newest first; those that are over too. */
export const listDelegations = async (signal: AbortSignal): Promise<readonly Delegation[]> =>
  (await ask(delegations, '/approval-delegations', { query: { view: 'all' }, signal })).items;

export interface Giving {
  readonly to: string;
  readonly endsAt: string;
  readonly note: string;
}

export const delegateVotes = ({ note, ...giving }: Giving): Promise<Delegation> =>
  ask(delegation, '/approval-delegations', { method: 'POST', data: { ...giving, ...(note === '' ? {} : { note }) } });

export const revokeDelegation = (id: string): Promise<Delegation> =>
  ask(delegation, `/approval-delegations/${id}/revoke`, { method: 'POST', data: {} });
