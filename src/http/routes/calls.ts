import { z } from 'zod';
import type { Approval } from '../../approvals/approval.js';
import { visibleSteps } from '../../execution/hold-call.js';
import type { ReadBack } from '../../execution/call.js';
import type { AwaitCall, ReadCall, SeenCall } from '../../execution/read-call.js';
import { toolScope } from '../../execution/tool-scope.js';
import type { ReadUndo, Undoability } from '../../execution/undo-call.js';
import { readUndoKey } from '../../execution/undo-key.js';
import { shownArgs } from '../../execution/shown-args.js';
import type { Tool } from '../../execution/tool.js';
import { canonicalJson } from '../../kernel/canonical-json.js';
import { mayEverCall } from '../../identity/agents/standing.js';
import { ChaperoneError } from '../../kernel/errors.js';
import { parseCallId } from '../../kernel/ids.js';
import type { JsonObject } from '../../kernel/json.js';
import { guarded, type GuardedRoute } from '../route.js';

/** A held call as its agent may see it: roles, never people's logins; what was asked beside what is carried out. */
function shownApproval(approval: Approval): JsonObject {
  const { id, tool, expiresAt, proposed, effective, resolution, state } = approval;
  const { note, changed, readBack } = resolution ?? {};
  const isEdited = canonicalJson(proposed) !== canonicalJson(effective);
  return {
    id,
    status: state,
    expiresAt: expiresAt.toISOString(),
    steps: visibleSteps(approval),
    note: note ?? null,
    changed: changed ?? null,
    readBack: readBack ?? null,
    edited: isEdited,
    proposedArgs: shownArgs(tool, proposed),
    effectiveArgs: shownArgs(tool, effective),
  };
}

/** What an undo would do, as far as is known without asking the site. */
function shownUndo(undo: Undoability): JsonObject {
  if (undo.possible) return { possible: true, call: { ...undo.image.reverse } };
  return { possible: false, reason: undo.why, callId: undo.by?.id ?? null };
}

const shownReadBack = (readBack: ReadBack | null): JsonObject | null => readBack && { ...readBack };

function shown({ call, approval }: SeenCall, undo: Undoability): JsonObject {
  const answer = approval === undefined ? call.answer : (approval.outcome ?? call.answer);
  return {
    callId: call.id,
    agentId: call.agentId,
    tool: call.tool,
    state: call.state,
    createdAt: call.createdAt.toISOString(),
    updatedAt: call.updatedAt.toISOString(),
    answer: answer === null ? null : { status: answer.status, body: answer.body },
    approval: approval === undefined ? null : shownApproval(approval),
    readBack: shownReadBack(call.readBack) ?? approval?.resolution?.['readBack'] ?? null,
    undo: shownUndo(undo),
    undoOf: readUndoKey(call.idempotencyKey)?.of ?? null,
  };
}

const LONGEST_WAIT = 30;
const waiting = z.strictObject({
  wait: z
    .string()
    .regex(/^\d{1,2}$/, 'must be whole seconds')
    .transform(Number)
    .refine((seconds) => seconds <= LONGEST_WAIT, `must be at most ${LONGEST_WAIT}`)
    .default(0),
});

/** GET /v1/calls/{id}: to its agent, and to who may read the log. To others it doesn't exist. */
export function callRoute(deps: {
  readonly readCall: ReadCall;
  readonly awaitCall: AwaitCall;
  readonly readUndo: ReadUndo;
}): GuardedRoute {
  return guarded({
    method: 'get',
    path: '/v1/calls/{id}',
    operationId: 'getCall',
    waits: true,
    summary: "A call's state and outcome; with wait, up to that many seconds until it is settled.",
    access: 'any',
    capability: null,
    tokenScopes: ['ai_agent_execute_tool', 'ai_agent_view_logs'],
    query: waiting,
    responses: { 200: 'the call' },
    async handle({ principal, params, query: { wait } }) {
      const id = parseCallId(params['id']);
      const seen = id === undefined ? undefined : await deps.readCall(id);
      const { grant } = principal;
      const isOwn =
        seen?.call.userId === principal.userId && (grant === null || grant.scopes.has('ai_agent_execute_tool'));
      const mayRead = isOwn || principal.capabilities.has('ai_agent_view_logs');
      if (seen === undefined || !mayRead) throw new ChaperoneError('not_found', { detail: 'There is no such call.' });
      const settled = wait === 0 ? seen : await deps.awaitCall(seen.call.id, wait);
      const last = settled ?? seen;
      return { status: 200, body: shown(last, await deps.readUndo(last.call)) };
    },
  });
}

/** GET /v1/tools: every tool with its JSON Schema and what it needs; for an agent, those that it may ever call. */
export function toolsRoute(tools: readonly Tool[]): GuardedRoute {
  const items: readonly (JsonObject & { readonly name: string })[] = tools.map(
    ({ name, summary, effect, requires, undo, schema }) => ({
      name,
      summary,
      effect,
      requires,
      undo: undo === null ? null : { ...undo },
      scope: toolScope(name),
      schema: z.toJSONSchema(schema, { io: 'input' }) as JsonObject,
    }),
  );
  return guarded({
    method: 'get',
    path: '/v1/tools',
    operationId: 'listTools',
    summary: 'The tools, with JSON Schemas of their arguments.',
    access: 'any',
    capability: 'ai_agent_execute_tool',
    responses: { 200: 'the tools' },
    handle: ({ principal }) => {
      const own = items.filter(({ name }) => mayEverCall(principal.agentTools, name));
      return Promise.resolve({ status: 200, body: { items: own } });
    },
  });
}
