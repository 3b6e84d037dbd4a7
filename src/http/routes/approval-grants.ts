import { z } from 'zod';
import type { Grant } from '../../approvals/grant.js';
import type { ApprovalUseCases } from '../../execution/approval-use-cases.js';
import { shownArgs } from '../../execution/shown-args.js';
import type { Clock } from '../../kernel/clock.js';
import { ChaperoneError } from '../../kernel/errors.js';
import { parseGrantId } from '../../kernel/ids.js';
import type { JsonObject } from '../../kernel/json.js';
import { guarded, type GuardedRoute } from '../route.js';

const listing = z.strictObject({ view: z.enum(['active', 'all']).default('active') });

const DECIDE = { access: 'any', capability: 'ai_agent_approve_changes' } as const;

function stateOf({ revoked, expiresAt }: Grant, now: Date): string {
  if (revoked !== null) return 'revoked';
  return now >= expiresAt ? 'over' : 'active';
}

export function showGrant(grant: Grant, now: Date): JsonObject {
  const { id, approvalId, agentId, tool, target, texts, fixed, policyVersion, by, revoked } = grant;
  const left = Math.max(0, Math.floor((grant.expiresAt.getTime() - now.getTime()) / 1_000));
  const state = stateOf(grant, now);
  return {
    id,
    state,
    approvalId,
    agentId,
    tool,
    target,
    texts: [...texts],
    fixed: shownArgs(tool, fixed),
    policyVersion,
    by: by.map((person) => ({ ...person })),
    createdAt: grant.createdAt.toISOString(),
    expiresAt: grant.expiresAt.toISOString(),
    secondsLeft: state === 'active' ? left : 0,
    uses: grant.uses,
    lastUsedAt: grant.lastUsedAt?.toISOString() ?? null,
    revoked: revoked === null ? null : { at: revoked.at.toISOString(), by: { ...revoked.by } },
  };
}

/** Approvals that are remembered: what agents may do again without asking, until when. */
export function grantRoutes({
  approvals,
  clock,
}: {
  readonly approvals: Pick<ApprovalUseCases, 'listGrants' | 'revokeGrant'>;
  readonly clock: Clock;
}): readonly GuardedRoute[] {
  return [
    guarded({
      method: 'get',
      path: '/v1/approval-grants',
      operationId: 'listGrants',
      summary: 'Remembered approvals: those that hold now, or all, newest first.',
      ...DECIDE,
      query: listing,
      responses: { 200: 'the grants' },
      async handle({ query: { view } }) {
        const found = await approvals.listGrants({ active: view === 'active' });
        return { status: 200, body: { items: found.map((each) => showGrant(each, clock.now())) } };
      },
    }),
    guarded({
      method: 'post',
      path: '/v1/approval-grants/{id}/revoke',
      operationId: 'revokeGrant',
      summary: 'Takes a remembered approval back: the agent is asked about again.',
      ...DECIDE,
      body: z.strictObject({}),
      responses: { 200: 'revoked' },
      async handle({ principal, params }) {
        const id = parseGrantId(params['id']);
        if (id === undefined) throw new ChaperoneError('not_found', { detail: 'There is no such grant.' });
        return { status: 200, body: showGrant(await approvals.revokeGrant({ id, principal }), clock.now()) };
      },
    }),
  ];
}
