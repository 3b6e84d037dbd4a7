import { z } from 'zod';
import { jsonValue } from '../../kernel/json-value.js';
import { actorOf } from '../../identity/principal.js';
import { ChaperoneError } from '../../kernel/errors.js';
import { parsePolicyVersion, type PolicyVersion } from '../../kernel/ids.js';
import type { Json, JsonObject } from '../../kernel/json.js';
import type { ActivatePolicy } from '../../policy-versions/activate-policy.js';
import type { PolicySummary, StoredPolicy } from '../../policy-versions/policy-store.js';
import type { ReadPolicies } from '../../policy-versions/read-policies.js';
import type { SavePolicy } from '../../policy-versions/save-policy.js';
import type { ValidatePolicy } from '../../policy-versions/validate-policy.js';
import { guarded, type GuardedRoute } from '../route.js';
import { parsed } from './parsed.js';

const note = z.string().max(500).default('');
export const document = z.union([z.string(), z.record(z.string(), jsonValue)], {
  error: 'must be the policy, as text or as an object',
});

const saving = z.strictObject({
  document,
  note,
  baseVersion: z.int().min(0).nullish(),
  activate: z.boolean().default(false),
});

const listing = z.strictObject({
  cursor: parsed(parsePolicyVersion, 'must be the cursor of the page before').optional(),
  limit: z
    .string()
    .regex(/^[1-9]\d?$|^100$/, 'must be 1 to 100')
    .transform(Number)
    .default(20),
});

function summary({ version, at, author, note: text, sha256 }: PolicySummary, active: number | null): JsonObject {
  return { version, active: version === active, ts: at.toISOString(), author, note: text, sha256 };
}

/** As it was sent: an object when the text is the JSON that an object is stored as, otherwise the text. */
function asSent(text: string): Json {
  try {
    const value = JSON.parse(text) as Json;
    return JSON.stringify(value, null, 2) === text ? value : text;
  } catch {
    return text;
  }
}

const whole = (stored: StoredPolicy, active: number | null): JsonObject => ({
  ...summary(stored, active),
  document: asSent(stored.document),
  text: stored.document,
});

function versionIn(params: Readonly<Record<string, string>>): PolicyVersion {
  const version = parsePolicyVersion(params['version']);
  if (version === undefined)
    throw new ChaperoneError('not_found', { detail: 'A policy version is a positive number.' });
  return version;
}

export interface PolicyRouteDeps {
  readonly read: ReadPolicies;
  readonly save: SavePolicy;
  readonly activate: ActivatePolicy;
  readonly validate: ValidatePolicy;
}

const READ = { access: 'any', capability: 'ai_agent_read_policies' } as const;
const MANAGE = { access: 'any', capability: 'ai_agent_manage_policies' } as const;

function readingRoutes({ read, validate }: PolicyRouteDeps): readonly GuardedRoute[] {
  return [
    guarded({
      method: 'get',
      path: '/v1/policies',
      operationId: 'listPolicies',
      summary: 'Policy versions, newest first.',
      ...READ,
      query: listing,
      responses: { 200: 'a page; nextCursor is null on the last one' },
      async handle({ query: { cursor, limit } }) {
        const page = await read.list({ limit, ...(cursor === undefined ? {} : { before: cursor }) });
        const items = page.policies.map((each) => summary(each, page.activeVersion));
        const nextCursor = page.next === null ? null : String(page.next);
        return { status: 200, body: { items, activeVersion: page.activeVersion, nextCursor } };
      },
    }),
    guarded({
      method: 'get',
      path: '/v1/policies/active',
      operationId: 'getActivePolicy',
      summary: 'The version that decides now.',
      ...READ,
      responses: { 200: 'the document' },
      async handle() {
        const stored = await read.active();
        return { status: 200, body: whole(stored, stored.version) };
      },
    }),
    guarded({
      method: 'post',
      path: '/v1/policies/validate',
      operationId: 'validatePolicy',
      summary: 'Every mistake and every rule without effect, with pointer, line and column; nothing is stored.',
      ...READ,
      body: z.strictObject({ document }),
      responses: { 200: 'the problems, empty when it can be saved; and warnings' },
      async handle({ body }) {
        const { problems, warnings } = await validate(body.document);
        const shown = (found: typeof problems): JsonObject[] => found.map((problem) => ({ ...problem }));
        return { status: 200, body: { problems: shown(problems), warnings: shown(warnings) } };
      },
    }),
    guarded({
      method: 'get',
      path: '/v1/policies/{version}',
      operationId: 'getPolicy',
      summary: 'One version.',
      ...READ,
      responses: { 200: 'the document' },
      async handle({ params }) {
        const stored = await read.get(versionIn(params));
        const { activeVersion } = await read.list({ limit: 1 });
        return { status: 200, body: whole(stored, activeVersion) };
      },
    }),
  ];
}

/** Static paths stand before `{version}`, which would swallow them. */
export function policyRoutes(deps: PolicyRouteDeps): readonly GuardedRoute[] {
  return [
    ...readingRoutes(deps),
    guarded({
      method: 'post',
      path: '/v1/policies',
      operationId: 'savePolicy',
      summary: 'Stores a new version on top of the newest one; with activate, it decides from the next call on.',
      ...MANAGE,
      body: saving,
      stepUpFor: ({ activate }) => activate,
      responses: { 201: 'stored' },
      async handle({ principal, body }) {
        const saved = await deps.save({ ...body, actor: actorOf(principal) });
        return { status: 201, body: summary(saved, body.activate ? saved.version : null) };
      },
    }),
    guarded({
      method: 'post',
      path: '/v1/policies/{version}/activate',
      operationId: 'activatePolicy',
      summary: 'Makes a version the active one; an older one is a rollback.',
      ...MANAGE,
      body: z.strictObject({ note }),
      stepUp: true,
      responses: { 200: 'active' },
      async handle({ principal, params, body }) {
        const activation = await deps.activate({
          version: versionIn(params),
          note: body.note,
          actor: actorOf(principal),
        });
        const { version, at, author, note: text } = activation;
        return { status: 200, body: { version, active: true, ts: at.toISOString(), author, note: text } };
      },
    }),
  ];
}
