import { z } from 'zod';
import type { UndoCall } from '../../execution/undo-call.js';
import { ChaperoneError } from '../../kernel/errors.js';
import { parseCallId } from '../../kernel/ids.js';
import { guarded, type GuardedRoute } from '../route.js';

const body = z.strictObject({ dryRun: z.boolean().default(false), reason: z.string().max(1_000).optional() });

/** POST /v1/calls/{id}/undo: by its agent, signed, or by a person who approves changes, under their own name. */
export function undoRoute(deps: { readonly undoCall: UndoCall }): GuardedRoute {
  return guarded({
    method: 'post',
    path: '/v1/calls/{id}/undo',
    operationId: 'undoCall',
    summary: 'Puts back what a call changed, by another call, when nothing else has changed since.',
    access: 'any',
    capability: null,
    tokenScopes: ['ai_agent_approve_changes', 'ai_agent_execute_tool'],
    needsOneOf: true,
    body,
    responses: { 200: 'undone, or decided without doing it (dryRun)', 202: 'held for people' },
    async handle({ principal, params, body: { dryRun, reason } }) {
      const id = parseCallId(params['id']);
      if (id === undefined) throw new ChaperoneError('not_found', { detail: 'There is no such call.' });
      if (principal.agentId !== null && principal.keyId === null)
        throw new ChaperoneError('signature_missing', { detail: 'An agent signs what it undoes.' });
      const answer = await deps.undoCall({ id, principal, dryRun, reason });
      return {
        status: answer.status,
        body: answer.body,
        headers: { ...answer.headers, ...(answer.replayed ? { 'Idempotency-Replayed': 'true' } : {}) },
      };
    },
  });
}
