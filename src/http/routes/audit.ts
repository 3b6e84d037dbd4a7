import { z } from 'zod';
import type { AuditEntry } from '../../audit/audit-entry.js';
import type { AuditFilter, AuditReader } from '../../audit/audit-log.js';
import type { CheckpointStore } from '../../audit/checkpoint-store.js';
import { MOST_NAMED, type Erase } from '../../audit/erase.js';
import type { ExportLog } from '../../audit/export-log.js';
import type { ReadLogKeys } from '../../audit/log-keys.js';
import type { VerifyTogether } from '../../audit/verify-together.js';
import type { ReadNames } from '../../identity/names.js';
import { actorOf, type Principal } from '../../identity/principal.js';
import { ChaperoneError } from '../../kernel/errors.js';
import {
  parseAgentId,
  parseAuditEntryId,
  parseCallId,
  parsePolicyVersion,
  parseWpUserId,
  type AuditEntryId,
  type WpUserId,
} from '../../kernel/ids.js';
import type { JsonObject } from '../../kernel/json.js';
import { guarded, type GuardedRoute } from '../route.js';
import { parsed } from './parsed.js';
import { showCheckpoint, showEntry, showKey, showReport } from './audit-view.js';

const instant = z.iso
  .datetime({ offset: true, message: 'must be an ISO 8601 time with a zone' })
  .transform((text) => new Date(text));
const word = z.string().min(1).max(64);
const cursor = parsed(parseAuditEntryId, 'must be the cursor of the page before').optional();
const pageSize = z
  .string()
  .regex(/^[1-9]\d{0,2}$/)
  .transform(Number)
  .refine((limit) => limit <= 200, 'must be at most 200')
  .default(50);

const conditions = {
  from: instant.optional(),
  to: instant.optional(),
  kind: z
    .string()
    .regex(/^[a-z]+(\.[a-z_]+)?$/)
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
};
/** How many entries a page of a search looks through. */
const SEARCHED = 20_000;

const listing = z.strictObject({
  ...conditions,
  q: z.string().trim().min(2).max(100).optional(),
  cursor,
  limit: pageSize,
});
const exporting = z.strictObject({
  ...conditions,
  cursor,
  limit: parsed(parseAuditEntryId, 'must be a number of entries').optional(),
});

/** What was given of the conditions. */
const given = (filter: { readonly [K in keyof AuditFilter]: AuditFilter[K] | undefined }): AuditFilter =>
  Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined));

interface ReadingDeps {
  readonly reader: AuditReader;
  readonly readNames: ReadNames;
}

const GUARD = { access: 'any', capability: 'ai_agent_view_logs' } as const;

/**
 * Entries with what those in them are called now. The log itself knows ids. Logins are for whom WordPress shows its users to
 * (`list_users`), and one's own.
 */
async function withNames(
  readNames: ReadNames,
  entries: readonly AuditEntry[],
  { userId: viewer, capabilities }: Principal,
): Promise<readonly JsonObject[]> {
  const mayList = capabilities.has('list_users');
  const named = entries.map(({ actor: { agentId, userId } }) => ({
    agentId,
    userId: mayList || userId === viewer ? userId : null,
  }));
  const { agents, users } = await readNames(named);
  return entries.map((entry) => {
    const { agentId, userId } = entry.actor;
    const agentName = agentId === null ? null : (agents.get(agentId) ?? null);
    return { ...showEntry(entry), agentName, login: userId === null ? null : (users.get(userId) ?? null) };
  });
}

function readingRoutes({ reader, readNames }: ReadingDeps): readonly GuardedRoute[] {
  return [
    guarded({
      method: 'get',
      path: '/v1/audit/{id}',
      operationId: 'getAuditEntry',
      summary: 'One entry.',
      ...GUARD,
      responses: { 200: 'the entry' },
      async handle({ principal, params }) {
        const id = parseAuditEntryId(params['id']);
        const entry = id === undefined ? undefined : await reader.get(id);
        if (entry === undefined) throw new ChaperoneError('not_found', { detail: 'There is no such entry.' });
        const [shown] = await withNames(readNames, [entry], principal);
        return { status: 200, body: { ...shown } };
      },
    }),
    guarded({
      method: 'get',
      path: '/v1/audit',
      operationId: 'listAudit',
      summary: 'Entries of the log, newest first.',
      ...GUARD,
      query: listing,
      responses: {
        200: 'a page; nextCursor is null on the last one. With q, a page may hold few and still have a next one',
      },
      async handle({ principal, query: { cursor: before, limit, q, ...rest } }) {
        if (q !== undefined) {
          const from = before === undefined ? {} : { before };
          const found = await reader.search(given(rest), { text: q, limit, within: SEARCHED, ...from });
          const items = await withNames(readNames, found.entries, principal);
          return { status: 200, body: { items, nextCursor: found.next === null ? null : String(found.next) } };
        }
        const entries = await reader.list(given(rest), {
          limit: limit + 1,
          ...(before === undefined ? {} : { before }),
        });
        const page = entries.slice(0, limit);
        const nextCursor = entries.length > limit ? String(page.at(-1)?.id) : null;
        return { status: 200, body: { items: await withNames(readNames, page, principal), nextCursor } };
      },
    }),
  ];
}

interface EvidenceDeps {
  readonly verify: VerifyTogether;
  readonly exportLog: ExportLog;
  readonly checkpoints: Pick<CheckpointStore, 'list'>;
  readonly readKeys: ReadLogKeys;
  readonly handOutCheckpoint: () => Promise<Parameters<typeof showCheckpoint>[0]>;
}

function checkpointRoutes({ checkpoints, readKeys, handOutCheckpoint }: EvidenceDeps): readonly GuardedRoute[] {
  const path = '/v1/audit/checkpoints';
  return [
    guarded({
      method: 'get',
      path,
      operationId: 'listCheckpoints',
      summary: "Signed checkpoints of the log, newest first, and the public keys of the log's past and present.",
      ...GUARD,
      query: z.strictObject({ cursor, limit: pageSize }),
      responses: { 200: 'a page; nextCursor is null on the last one' },
      async handle({ query: { cursor: before, limit } }) {
        const found = await checkpoints.list({ limit: limit + 1, ...(before === undefined ? {} : { before }) });
        const items = found.slice(0, limit);
        const nextCursor = found.length > limit ? String(items.at(-1)?.size) : null;
        const keys = (await readKeys())?.keys ?? [];
        return { status: 200, body: { items: items.map(showCheckpoint), nextCursor, keys: keys.map(showKey) } };
      },
    }),
    guarded({
      method: 'post',
      path,
      operationId: 'makeCheckpoint',
      summary: 'A signed checkpoint over the whole log as it is now, for whoever asks to keep it elsewhere.',
      ...GUARD,
      responses: { 201: 'the checkpoint; the newest one, when the log has not grown since' },
      async handle() {
        return { status: 201, body: showCheckpoint(await handOutCheckpoint()) };
      },
    }),
  ];
}

const erasing = z.union([
  z.strictObject({ userId: z.int().min(1) }),
  z.strictObject({ entries: z.array(z.int().min(1)).min(1).max(MOST_NAMED) }),
]);

function eraseRoute({ erase }: { readonly erase: Erase }): GuardedRoute {
  return guarded({
    method: 'post',
    path: '/v1/audit/erase',
    operationId: 'eraseFromAudit',
    summary:
      'Takes addresses, arguments, findings and details out of entries: of a user, or of single ones. The log still verifies.',
    access: 'any',
    capability: 'ai_agent_manage_settings',
    body: erasing,
    responses: { 200: 'how many entries were changed; ask again while `done` is false' },
    async handle({ principal, body }) {
      const wanted =
        'userId' in body ? { userId: body.userId as WpUserId } : { entries: body.entries as AuditEntryId[] };
      return { status: 200, body: { ...(await erase(wanted, actorOf(principal))) } };
    },
  });
}

const LONGEST_WAIT = 20;

function verifyRoute({ verify }: EvidenceDeps): GuardedRoute {
  return guarded({
    method: 'get',
    path: '/v1/audit/verify',
    operationId: 'verifyAudit',
    waits: true,
    summary:
      'Walks the whole chain and its checkpoints, and names the first entry that is wrong. With wait, a walk that takes longer goes on, and run asks about it again.',
    ...GUARD,
    query: z.strictObject({
      wait: z
        .string()
        .regex(/^\d{1,2}$/, 'must be whole seconds')
        .transform(Number)
        .refine((seconds) => seconds <= LONGEST_WAIT, `must be at most ${LONGEST_WAIT}`)
        .optional(),
      run: z
        .string()
        .regex(/^[0-9a-f]{24}$/)
        .optional(),
    }),
    responses: { 200: 'the report', 202: 'not at the end yet: run, entries walked, and how many there are' },
    async handle({ query: { wait, run } }) {
      const asked = { ...(wait === undefined ? {} : { within: wait * 1_000 }), ...(run === undefined ? {} : { run }) };
      const found = await verify(asked);
      return found.report === undefined
        ? { status: 202, body: { ...found.running } }
        : { status: 200, body: showReport(found.report) };
    },
  });
}

/** Fixed paths stand before `/v1/audit/{id}`, which would swallow them. */
export function auditRoutes(deps: EvidenceDeps & ReadingDeps & { readonly erase: Erase }): readonly GuardedRoute[] {
  return [
    eraseRoute(deps),
    ...checkpointRoutes(deps),
    verifyRoute(deps),
    guarded({
      method: 'get',
      path: '/v1/audit/export',
      operationId: 'exportAudit',
      summary: 'The log as JSON Lines, oldest first, with what an offline verifier needs; see docs/audit.md.',
      ...GUARD,
      query: exporting,
      responses: { 200: 'JSON Lines; the last line says that it is the end' },
      handle({ query: { cursor: after, limit, ...rest } }) {
        const range = {
          filter: given(rest),
          ...(after === undefined ? {} : { after }),
          ...(limit === undefined ? {} : { limit }),
        };
        return Promise.resolve({ status: 200, lines: deps.exportLog(range) } as const);
      },
    }),
    ...readingRoutes(deps),
  ];
}
