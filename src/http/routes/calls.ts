import { z } from 'zod';
import type { CallRecord } from '../../execution/call.js';
import type { Tool } from '../../execution/tool.js';
import { ChaperoneError } from '../../kernel/errors.js';
import { parseCallId, type CallId } from '../../kernel/ids.js';
import type { JsonObject } from '../../kernel/json.js';
import { guarded, type GuardedRoute } from '../route.js';

function shown(call: CallRecord): JsonObject {
  return {
    callId: call.id,
    agentId: call.agentId,
    tool: call.tool,
    state: call.state,
    createdAt: call.createdAt.toISOString(),
    updatedAt: call.updatedAt.toISOString(),
    answer: call.answer === null ? null : { status: call.answer.status, body: call.answer.body },
  };
}

/** GET /v1/calls/{id}: to its agent, and to who may read the log. To others it doesn't exist. */
export function callRoute(deps: { readonly getCall: (id: CallId) => Promise<CallRecord | undefined> }): GuardedRoute {
  return guarded({
    method: 'get',
    path: '/v1/calls/{id}',
    operationId: 'getCall',
    summary: "A call's state and outcome.",
    access: 'any',
    capability: null,
    responses: { 200: 'the call' },
    async handle({ principal, params }) {
      const id = parseCallId(params['id']);
      const call = id === undefined ? undefined : await deps.getCall(id);
      const mayRead =
        call !== undefined && (call.userId === principal.userId || principal.capabilities.has('ai_agent_view_logs'));
      if (call === undefined || !mayRead) throw new ChaperoneError('not_found', { detail: 'There is no such call.' });
      return { status: 200, body: shown(call) };
    },
  });
}

/** GET /v1/tools: every tool with its JSON Schema and what it needs. */
export function toolsRoute(tools: readonly Tool[]): GuardedRoute {
  const items: readonly JsonObject[] = tools.map(({ name, summary, effect, requires, schema }) => ({
    name,
    summary,
    effect,
    requires,
    schema: z.toJSONSchema(schema, { io: 'input' }) as JsonObject,
  }));
  return guarded({
    method: 'get',
    path: '/v1/tools',
    operationId: 'listTools',
    summary: 'The tools, with JSON Schemas of their arguments.',
    access: 'any',
    capability: 'ai_agent_execute_tool',
    responses: { 200: 'the tools' },
    handle: () => Promise.resolve({ status: 200, body: { items } }),
  });
}
