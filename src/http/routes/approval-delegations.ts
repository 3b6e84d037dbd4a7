import { z } from 'zod';
import { delegationState, type Delegation } from '../../approvals/delegation.js';
import { mayRevoke } from '../../approvals/delegate.js';
import type { ApprovalUseCases } from '../../execution/approval-use-cases.js';
import type { Principal } from '../../identity/principal.js';
import type { Clock } from '../../kernel/clock.js';
import { ChaperoneError } from '../../kernel/errors.js';
import { parseDelegationId } from '../../kernel/ids.js';
import type { JsonObject } from '../../kernel/json.js';
import { guarded, type GuardedRoute } from '../route.js';

const instant = z.iso.datetime({ offset: true }).transform((text) => new Date(text));
const wanted = z.strictObject({
  to: z.string().min(1).max(190),
  startsAt: instant.nullish(),
  endsAt: instant,
  note: z.string().max(2_000).nullish(),
});
const listing = z.strictObject({ view: z.enum(['active', 'all']).default('active') });

const DECIDE = { access: 'any', capability: 'ai_agent_approve_changes' } as const;

function shown(delegation: Delegation, now: Date, asker: Principal): JsonObject {
  const { id, from, to, startsAt, endsAt, note, createdAt, revoked } = delegation;
  return {
    id,
    from: { ...from },
    to: { ...to },
    state: delegationState(delegation, now),
    mayRevoke: revoked === null && mayRevoke(delegation, asker),
    startsAt: startsAt.toISOString(),
    endsAt: endsAt.toISOString(),
    note,
    createdAt: createdAt.toISOString(),
    revoked: revoked === null ? null : { at: revoked.at.toISOString(), by: { ...revoked.by } },
  };
}

/** Whose votes are in whose hands: seen by everybody who may vote, given by each for themselves. */
export function delegationRoutes({
  approvals,
  clock,
}: {
  readonly approvals: Pick<ApprovalUseCases, 'delegations' | 'delegate' | 'revokeDelegation'>;
  readonly clock: Clock;
}): readonly GuardedRoute[] {
  return [
    guarded({
      method: 'get',
      path: '/v1/approval-delegations',
      operationId: 'listDelegations',
      summary: 'Votes that are in other hands: those that hold now, or all, newest first.',
      ...DECIDE,
      query: listing,
      responses: { 200: 'the delegations' },
      async handle({ principal, query: { view } }) {
        const found = await (view === 'all' ? approvals.delegations.list() : approvals.delegations.active());
        return { status: 200, body: { items: found.map((each) => shown(each, clock.now(), principal)) } };
      },
    }),
    guarded({
      method: 'post',
      path: '/v1/approval-delegations',
      operationId: 'delegateVotes',
      summary: 'Gives one’s own votes to another approver for a period.',
      ...DECIDE,
      body: wanted,
      responses: { 201: 'the delegation' },
      async handle({ principal, body: { to, startsAt = null, endsAt, note = null } }) {
        const made = await approvals.delegate({ principal, to, startsAt, endsAt, note });
        return { status: 201, body: shown(made, clock.now(), principal) };
      },
    }),
    guarded({
      method: 'post',
      path: '/v1/approval-delegations/{id}/revoke',
      operationId: 'revokeDelegation',
      summary: 'Ends a delegation: for whoever gave or got it, and whoever manages the settings.',
      ...DECIDE,
      body: z.strictObject({}),
      responses: { 200: 'revoked' },
      async handle({ principal, params }) {
        const id = parseDelegationId(params['id']);
        if (id === undefined) throw new ChaperoneError('not_found', { detail: 'There is no such delegation.' });
        const ended = await approvals.revokeDelegation({ id, principal });
        return { status: 200, body: shown(ended, clock.now(), principal) };
      },
    }),
  ];
}
