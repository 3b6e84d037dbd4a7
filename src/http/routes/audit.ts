import { z } from 'zod';
import type { AuditEntry } from '../../audit/audit-entry.js';
import type { AuditFilter, AuditReader } from '../../audit/audit-log.js';
import { verifyChain } from '../../audit/verify-chain.js';
import { ChaperoneError } from '../../kernel/errors.js';
import { parseAgentId, parseAuditEntryId, parseCallId, parsePolicyVersion, parseWpUserId } from '../../kernel/ids.js';
import type { JsonObject } from '../../kernel/json.js';
import { guarded, type GuardedRoute } from '../route.js';

function showWho({ actor, callId }: AuditEntry): JsonObject {
  const { userId, agentId, credential, ip } = actor;
  return { callId: callId ?? null, userId, agentId, credential, ip };
}

function showWhat({ tool, entity, arguments: args, beforeDigest, afterDigest }: AuditEntry): JsonObject {
  return {
    tool: tool ?? null,
    entityType: entity?.type ?? null,
    entityId: entity?.id ?? null,
    arguments: args ?? null,
    beforeDigest: beforeDigest ?? null,
    afterDigest: afterDigest ?? null,
  };
}

function showWhy({ policyVersion, verdict, code, findings, outcome, detail }: AuditEntry): JsonObject {
  return {
    policyVersion: policyVersion ?? null,
    verdict: verdict ?? null,
    code: code ?? null,
    findings: findings ?? null,
    outcome: outcome ?? null,
    detail: detail ?? null,
  };
}

/** An entry as people and programs read it; a member that doesn't apply is null. */
function showEntry(entry: AuditEntry): JsonObject {
  const { id, at, kind, prevHash, hash } = entry;
  return { id, ts: at.toISOString(), kind, ...showWho(entry), ...showWhat(entry), ...showWhy(entry), prevHash, hash };
}

/** Text that a parser of ours understands, or a malformed request. */
const parsed = <T>(parse: (text: string) => T | undefined, message: string) =>
  z.string().transform((text, context) => {
    const value = parse(text);
    if (value === undefined) context.addIssue(message);
    return value as T;
  });

const instant = z.iso
  .datetime({ offset: true, message: 'must be an ISO 8601 time with a zone' })
  .transform((text) => new Date(text));
const word = z.string().min(1).max(64);

const filter = z.strictObject({
  from: instant.optional(),
  to: instant.optional(),
  kind: z
    .string()
    .regex(/^[a-z]+(\.[a-z]+)?$/)
    .max(32)
    .optional(),
  userId: parsed(parseWpUserId, 'must be a user id').optional(),
  agentId: parsed(parseAgentId, 'must be an agent id').optional(),
  callId: parsed(parseCallId, 'must be a call id').optional(),
  tool: word.optional(),
  entityType: word.optional(),
  entityId: parsed(parseWpUserId, 'must be an id').optional(),
  verdict: z.enum(['allow', 'ask', 'deny']).optional(),
  code: word.optional(),
  policyVersion: parsed(parsePolicyVersion, 'must be a version').optional(),
  cursor: parsed(parseAuditEntryId, 'must be the cursor of the page before').optional(),
  limit: z
    .string()
    .regex(/^[1-9]\d{0,2}$/)
    .transform(Number)
    .refine((limit) => limit <= 200, 'must be at most 200')
    .default(50),
});

export function auditRoutes(reader: AuditReader): readonly GuardedRoute[] {
  const guard = { access: 'any', capability: 'ai_agent_view_logs' } as const;
  return [
    guarded({
      method: 'get',
      path: '/v1/audit',
      operationId: 'listAudit',
      summary: 'Entries of the log, newest first.',
      ...guard,
      query: filter,
      responses: { 200: 'a page; nextCursor is null on the last one' },
      async handle({ query: { cursor, limit, ...rest } }) {
        const wanted = Object.fromEntries(
          Object.entries(rest).filter(([, value]) => value !== undefined),
        ) as AuditFilter;
        const entries = await reader.list(wanted, {
          limit: limit + 1,
          ...(cursor === undefined ? {} : { before: cursor }),
        });
        const page = entries.slice(0, limit);
        const nextCursor = entries.length > limit ? String(page.at(-1)?.id) : null;
        return { status: 200, body: { items: page.map(showEntry), nextCursor } };
      },
    }),
    guarded({
      method: 'get',
      path: '/v1/audit/verify',
      operationId: 'verifyAudit',
      summary: 'Walks the whole chain and names the first entry that is wrong.',
      ...guard,
      responses: { 200: 'the report' },
      async handle() {
        const report = await verifyChain(reader, () => undefined);
        return { status: 200, body: { ...report } };
      },
    }),
    guarded({
      method: 'get',
      path: '/v1/audit/{id}',
      operationId: 'getAuditEntry',
      summary: 'One entry.',
      ...guard,
      responses: { 200: 'the entry' },
      async handle({ params }) {
        const id = parseAuditEntryId(params['id']);
        const entry = id === undefined ? undefined : await reader.get(id);
        if (entry === undefined) throw new ChaperoneError('not_found', { detail: 'There is no such entry.' });
        return { status: 200, body: showEntry(entry) };
      },
    }),
  ];
}
