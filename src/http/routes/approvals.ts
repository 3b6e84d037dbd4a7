import { z } from 'zod';
import { APPROVAL_STATES, shownState } from '../../approvals/approval.js';
import type { Approved } from '../../approvals/approve.js';
import type { ApprovalQuery } from '../../approvals/read-approvals.js';
import { voterOf } from '../../approvals/voters.js';
import type { ApprovalUseCases } from '../../execution/approval-use-cases.js';
import type { AskAnew } from '../../execution/ask-anew.js';
import type { Principal } from '../../identity/principal.js';
import type { Clock } from '../../kernel/clock.js';
import { ChaperoneError, ERRORS } from '../../kernel/errors.js';
import {
  parseAgentId,
  parseApprovalId,
  parseAuditEntryId,
  type ApprovalId,
  type CallId,
  type WpUserId,
} from '../../kernel/ids.js';
import { jsonValue } from '../../kernel/json-value.js';
import type { JsonObject } from '../../kernel/json.js';
import { parseDuration } from '../../policy/decode/words.js';
import { guarded, type Answer, type GuardedRoute } from '../route.js';
import { parsed } from './parsed.js';
import { ballotsOf, showApproval, showSummary, type Viewer } from './approval-view.js';

const note = z.string().max(2_000);
const decision = z.strictObject({ note: note.nullish() });
const shownDigest = z.string().regex(/^[0-9a-f]{64}$/);
const rejection = z.strictObject({
  note: note.nullish(),
  inNameOf: z.int().positive().optional(),
  digest: shownDigest.optional(),
});
const approval = z.strictObject({
  note: note.nullish(),
  args: z.record(z.string().max(255), jsonValue).optional(),
  inNameOf: z.int().positive().optional(),
  remember: z
    .string()
    .max(20)
    .transform((text, context) => {
      const seconds = parseDuration(text, 1);
      if (seconds === undefined) context.addIssue('must be a time such as "1h", at most "24h"');
      return seconds ?? 0;
    })
    .optional(),
  digest: shownDigest.optional(),
});
const comment = z.strictObject({ note: note.min(1) });
const batch = z.strictObject({
  ids: z.array(z.string().max(64)).min(1).max(100),
  action: z.enum(['approve', 'reject', 'comment']),
  note: note.nullish(),
  /** By id, what was shown of a call: a vote, or a rejection, is for exactly that. */
  digests: z.record(z.string().max(64), shownDigest).optional(),
});

const listing = z.strictObject({
  status: z.enum(APPROVAL_STATES).optional(),
  view: z.enum(['mine', 'open', 'decided']).optional(),
  tool: z.string().min(1).max(64).optional(),
  agentId: parsed(parseAgentId, 'must be the id of an agent').optional(),
  cursor: z
    .string()
    .transform((text, context) => {
      const seq = parseAuditEntryId(text);
      if (seq === undefined) context.addIssue('must be the cursor of the page before');
      return Number(seq);
    })
    .optional(),
  limit: z
    .string()
    .regex(/^[1-9]\d?$|^100$/, 'must be 1 to 100')
    .transform(Number)
    .default(50),
});

type Filter = Pick<ApprovalQuery, 'status' | 'tool' | 'agentId'>;

/** What was given of the conditions. */
const given = (filter: { readonly [K in keyof Filter]: Filter[K] | undefined }): Filter =>
  Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined));

function idIn(params: Readonly<Record<string, string>>): ApprovalId {
  const id = parseApprovalId(params['id']);
  if (id === undefined) throw new ChaperoneError('not_found', { detail: 'There is no such approval.' });
  return id;
}

const DECIDE = { access: 'any', capability: 'ai_agent_approve_changes' } as const;

export interface ApprovalRouteDeps {
  readonly askAnew: AskAnew;
  readonly newCallId: () => CallId;
  readonly approvals: ApprovalUseCases;
  readonly clock: Clock;
}

/** Whoever asks, with the votes that others have given them. */
async function viewerOf({ delegations }: ApprovalUseCases, principal: Principal): Promise<Viewer> {
  return { voter: voterOf(principal), proxies: await delegations.ballotsOf(principal) };
}

/** The last vote answers with the call's outcome, whichever it was; one before it with what it still waits for. */
function approvedAnswer({ approval: held, outcome }: Approved, viewer: Viewer, now: Date): Answer {
  const shown = showSummary(held, now, viewer);
  if (outcome !== null) return { status: outcome.status, body: { ...outcome.body, approval: shown } };
  return { status: 200, body: { status: 'pending_approval', callId: held.callId, approval: shown } };
}

function readingRoutes({ approvals, clock }: ApprovalRouteDeps): readonly GuardedRoute[] {
  return [
    guarded({
      method: 'get',
      path: '/v1/approvals',
      operationId: 'listApprovals',
      summary: 'Held calls, newest first.',
      ...DECIDE,
      query: listing,
      responses: { 200: 'a page; nextCursor is null on the last one' },
      async handle({ principal, query: { view, cursor, limit, ...filter } }) {
        const viewer = await viewerOf(approvals, principal);
        const where = { limit, ...given(filter), ...(cursor === undefined ? {} : { before: cursor }) };
        const page =
          view === 'mine'
            ? await approvals.read.listFor(ballotsOf(viewer), where)
            : await approvals.read.list({ ...where, ...(view === undefined ? {} : { group: view }) });
        const items = page.items.map((each) => showSummary(each, clock.now(), viewer));
        return { status: 200, body: { items, nextCursor: page.next === null ? null : String(page.next) } };
      },
    }),
    guarded({
      method: 'get',
      path: '/v1/approvals/{id}',
      operationId: 'getApproval',
      summary: 'A held call: what would change, who asked and why, its steps, votes and history.',
      ...DECIDE,
      responses: { 200: 'the approval' },
      async handle({ principal, params }) {
        const { approval: held, history } = await approvals.read.get(idIn(params));
        return { status: 200, body: showApproval(held, history, clock.now(), await viewerOf(approvals, principal)) };
      },
    }),
  ];
}

function decidingRoutes({ approvals, clock }: ApprovalRouteDeps): readonly GuardedRoute[] {
  return [
    guarded({
      method: 'post',
      path: '/v1/approvals/{id}/approve',
      operationId: 'approve',
      summary: 'One vote, for the stored arguments or for those given; the last one runs the call.',
      ...DECIDE,
      body: approval,
      responses: { 200: 'counted, or executed' },
      async handle({ principal, params, body: { note: text = null, args, digest, inNameOf, remember } }) {
        const approved = await approvals.approve({
          id: idIn(params),
          principal,
          note: text,
          ...(args === undefined ? {} : { args }),
          ...(digest === undefined ? {} : { digest }),
          ...(inNameOf === undefined ? {} : { inNameOf: inNameOf as WpUserId }),
          ...(remember === undefined ? {} : { rememberSeconds: remember }),
        });
        return approvedAnswer(approved, await viewerOf(approvals, principal), clock.now());
      },
    }),
    guarded({
      method: 'post',
      path: '/v1/approvals/{id}/reject',
      operationId: 'reject',
      summary: 'Ends the call without running it; possible until it is taken up for running.',
      ...DECIDE,
      body: rejection,
      responses: { 200: 'rejected' },
      async handle({ principal, params, body: { note: text = null, inNameOf, digest } }) {
        const held = await approvals.reject({
          id: idIn(params),
          principal,
          note: text,
          ...(digest === undefined ? {} : { digest }),
          ...(inNameOf === undefined ? {} : { inNameOf: inNameOf as WpUserId }),
        });
        return { status: 200, body: showSummary(held, clock.now(), await viewerOf(approvals, principal)) };
      },
    }),
    guarded({
      method: 'post',
      path: '/v1/approvals/{id}/comment',
      operationId: 'comment',
      summary: 'Says something about a held call.',
      ...DECIDE,
      body: comment,
      responses: { 200: 'kept' },
      async handle({ principal, params, body }) {
        const held = await approvals.comment({ id: idIn(params), principal, note: body.note });
        return { status: 200, body: showSummary(held, clock.now(), await viewerOf(approvals, principal)) };
      },
    }),
  ];
}

const cancelRoute = ({ approvals }: ApprovalRouteDeps): GuardedRoute =>
  guarded({
    method: 'post',
    path: '/v1/approvals/{id}/cancel',
    operationId: 'cancelApproval',
    summary: 'The agent takes its own call back; possible until it is taken up for running.',
    access: 'signed',
    capability: 'ai_agent_execute_tool',
    body: decision,
    responses: { 200: 'cancelled' },
    async handle({ principal, params, body }) {
      const held = await approvals.cancel({ id: idIn(params), principal, note: body.note ?? null });
      return { status: 200, body: { id: held.id, callId: held.callId, status: held.state } };
    },
  });

const renewRoute = ({ askAnew, newCallId }: ApprovalRouteDeps): GuardedRoute =>
  guarded({
    method: 'post',
    path: '/v1/approvals/{id}/renew',
    operationId: 'renewApproval',
    summary: 'The call of an approval that is out of date or expired, asked anew; once, however often it is sent.',
    ...DECIDE,
    body: z.strictObject({}),
    responses: { 200: 'what became of it', 202: 'it waits for people again, under another id' },
    async handle({ principal, params }) {
      const { status, body } = await askAnew({ id: idIn(params), principal, callId: newCallId() });
      return { status, body };
    },
  });

type Batch = z.infer<typeof batch>;

/** One of a batch. A refusal is its result and no reason to stop; anything else ends the batch as it would end a request. */
async function oneOf(
  { approvals, clock }: ApprovalRouteDeps,
  principal: Principal,
  raw: string,
  { action, note: text = null, digests }: Batch,
): Promise<JsonObject> {
  try {
    const said = { id: idIn({ id: raw }), principal, note: text };
    const digest = digests?.[raw];
    const shown = digest === undefined ? {} : { digest };
    if (action === 'approve') {
      const { approval: held, outcome } = await approvals.approve({ ...said, ...shown });
      const code = outcome !== null && outcome.status >= 400 ? outcome.body['code'] : undefined;
      const ok = code === undefined;
      return { id: raw, ok, approvalStatus: held.state, ...(ok ? {} : { code }), callId: held.callId };
    }
    const held = action === 'reject' ? await approvals.reject({ ...said, ...shown }) : await approvals.comment(said);
    return { id: raw, ok: true, approvalStatus: shownState(held, clock.now()), callId: held.callId };
  } catch (error) {
    if (!(error instanceof ChaperoneError)) throw error;
    return { id: raw, ok: false, status: ERRORS[error.code].status, code: error.code, detail: error.message };
  }
}

/** Static paths stand before `{id}`, which would swallow them. */
export function approvalRoutes(deps: ApprovalRouteDeps): readonly GuardedRoute[] {
  return [
    guarded({
      method: 'post',
      path: '/v1/approvals/batch',
      operationId: 'decideBatch',
      summary: 'The same decision on up to 100 held calls, one after the other, each with its own result.',
      ...DECIDE,
      body: batch,
      responses: { 200: 'a result for each id, in their order' },
      async handle({ principal, body }) {
        if (body.action === 'comment' && (body.note ?? '') === '') {
          throw new ChaperoneError('request_malformed', { detail: 'body/note: a comment says something.' });
        }
        const results: JsonObject[] = [];
        for (const id of body.ids) results.push(await oneOf(deps, principal, id, body));
        return { status: 200, body: { results } };
      },
    }),
    ...readingRoutes(deps),
    ...decidingRoutes(deps),
    renewRoute(deps),
    cancelRoute(deps),
  ];
}
