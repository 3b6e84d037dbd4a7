import { z } from 'zod';
import { jsonValue } from '../../kernel/json-value.js';
import type { CallAnswer, Submission } from '../../execution/submit-call.js';
import { ChaperoneError } from '../../kernel/errors.js';
import type { CallId } from '../../kernel/ids.js';
import type { JsonObject } from '../../kernel/json.js';
import { guarded, type GuardedRoute } from '../route.js';

const body = z.strictObject({
  tool: z.string().min(1).max(64),
  args: z.record(z.string().max(255), jsonValue).default({}),
  dryRun: z.boolean().default(false),
  mode: z.enum(['autonomous', 'review', 'suggest']).optional(),
  reason: z.string().max(1_000).optional(),
});

/** Room for a file of 5 MiB in base64 (`media.upload`). */
const BODY_LIMIT = 8 * 1_024 * 1_024;

/** POST /v1/execute: the one door through which an agent acts. */
export function executeRoute(deps: {
  readonly submitCall: (submission: Submission) => Promise<CallAnswer>;
  readonly newCallId: () => CallId;
}): GuardedRoute {
  return guarded({
    method: 'post',
    path: '/v1/execute',
    operationId: 'execute',
    summary: 'Runs a tool on the site as the agent’s own user, or says why not.',
    access: 'signed',
    capability: 'ai_agent_execute_tool',
    body,
    bodyLimit: BODY_LIMIT,
    responses: { 200: 'executed, or decided without running (dryRun)' },
    async handle({ principal, body: { tool, args, dryRun, mode, reason }, idempotencyKey }) {
      if (principal.agentId === null)
        throw new ChaperoneError('signature_missing', { detail: 'Only an agent’s own key may execute.' });
      const request = {
        tool,
        args: args as JsonObject,
        dryRun,
        ...(mode === undefined ? {} : { mode }),
        ...(reason === undefined ? {} : { reason }),
      };
      const answer = await deps.submitCall({
        callId: deps.newCallId(),
        principal,
        agentId: principal.agentId,
        request,
        idempotencyKey,
      });
      return {
        status: answer.status,
        body: answer.body,
        headers: { ...answer.headers, ...(answer.replayed ? { 'Idempotency-Replayed': 'true' } : {}) },
      };
    },
  });
}
