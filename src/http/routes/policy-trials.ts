import { z } from 'zod';
import type { AuditEntry } from '../../audit/audit-entry.js';
import { actorOf } from '../../identity/principal.js';
import { visibleDecision } from '../../execution/decide-call.js';
import { ChaperoneError } from '../../kernel/errors.js';
import { parseAgentId, parsePolicyVersion, parseWpUserId, type PolicyVersion } from '../../kernel/ids.js';
import type { JsonObject } from '../../kernel/json.js';
import { jsonValue } from '../../kernel/json-value.js';
import type { Decision } from '../../policy/decision.js';
import { MODES } from '../../policy/document.js';
import { parseAddress } from '../../policy/match/address.js';
import { MOST_DECISIONS } from '../../policy-versions/past-decisions.js';
import type { PolicyUseCases } from '../../policy-versions/policy-use-cases.js';
import type { ReplayReport } from '../../policy-versions/replay-policy.js';
import type { Shadow } from '../../policy-versions/shadow-policy.js';
import type { ShadowReport } from '../../policy-versions/shadow-report.js';
import type { TestedCall } from '../../policy-versions/test-policy.js';
import { guarded, type GuardedRoute } from '../route.js';
import { document } from './policies.js';

const READ = { access: 'any', capability: 'ai_agent_read_policies' } as const;
const MANAGE = { access: 'any', capability: 'ai_agent_manage_policies' } as const;

/** A value that a parser of ours understands, or a malformed request. */
function parsed<In extends string | number, T>(
  from: z.ZodType<In>,
  parse: (value: In) => T | undefined,
  message: string,
) {
  return from.transform((value, context) => {
    const result = parse(value);
    if (result === undefined) context.addIssue(message);
    return result as T;
  });
}

const instant = z.iso
  .datetime({ offset: true, message: 'must be an ISO 8601 time with a zone' })
  .transform((text) => new Date(text));
const version = parsed(z.int().min(1), parsePolicyVersion, 'must be a version');
const draft = { document: document.optional(), version: version.optional() };
const versionInQuery = parsed(z.string(), parsePolicyVersion, 'must be a version');

const imagined = z.strictObject({
  tool: z.string().min(1).max(64),
  args: z.record(z.string(), jsonValue).default({}),
  user: z.union([z.string().min(1).max(100), parsed(z.int(), parseWpUserId, 'must be a user id')]).optional(),
  agent: parsed(z.string(), parseAgentId, 'must be an agent id').optional(),
  ip: z
    .string()
    .max(64)
    .refine((text) => parseAddress(text) !== undefined, 'must be an address')
    .optional(),
  at: instant.optional(),
  mode: z.enum(MODES).optional(),
});

export const trial = z.strictObject({ ...draft, calls: z.array(imagined).min(1).max(100) });

const replaying = z.strictObject({
  ...draft,
  last: z.int().min(1).max(MOST_DECISIONS).optional(),
  from: instant.optional(),
  to: instant.optional(),
});

const shadowing = z.strictObject({ ...draft, until: instant });

/** A tested call as it is shown: a decision as everywhere, in a sentence too; or what is wrong with the call. */
export function showTested(tested: TestedCall): JsonObject {
  if (!tested.ok) {
    const { code, detail, problems } = tested;
    return {
      error: {
        code,
        detail,
        ...(problems === undefined ? {} : { problems: problems.map((problem) => ({ ...problem })) }),
      },
    };
  }
  const { decision, explanation, notes } = tested;
  return { ...visibleDecision(decision), ...listsOf(decision), explanation, notes: [...notes] };
}

/** Which lists of terms decided. For people alone: an agent could try guesses against a digest. */
const listsOf = ({ termLists }: Pick<Decision, 'termLists'>): JsonObject =>
  Object.keys(termLists).length === 0 ? {} : { termLists };

const showCall = ({ id, at, callId, tool, actor }: AuditEntry): JsonObject => ({
  auditId: id,
  ts: at.toISOString(),
  callId: callId ?? null,
  tool: tool ?? null,
  userId: actor.userId,
  agentId: actor.agentId,
});

export function showReplay({ changed, termLists, ...report }: ReplayReport): JsonObject {
  const counts: Record<string, number> = {};
  for (const { was, decision } of changed) {
    const pair = `${was} to ${decision.effect}`;
    counts[pair] = (counts[pair] ?? 0) + 1;
  }
  return {
    ...report,
    ...listsOf({ termLists }),
    counts,
    changed: changed.map(({ entry, was, decision, explanation, changedLists }) => ({
      ...showCall(entry),
      was,
      becomes: decision.effect,
      explanation,
      ...(changedLists.length === 0 ? {} : { changedLists: [...changedLists] }),
      findings: visibleDecision(decision)['findings'] ?? [],
    })),
  };
}

const showShadow = ({ version: number, since, until, by }: Shadow): JsonObject => ({
  version: number,
  since: since.toISOString(),
  until: until.toISOString(),
  by,
});

export function showShadowReport({ shadow, differing, ...report }: ShadowReport): JsonObject {
  return {
    shadow: showShadow(shadow),
    ...report,
    differing: differing.map(({ entry, effect, rules }) => ({
      ...showCall(entry),
      verdict: entry.verdict ?? null,
      shadow: effect,
      rules: [...rules],
    })),
  };
}

type TrialDeps = Pick<
  PolicyUseCases,
  'compareVersions' | 'testPolicy' | 'replayPolicy' | 'setShadow' | 'endShadow' | 'shadowReport'
>;

/** What a policy would do, before it does it. These paths stand before `/v1/policies/{version}`, which would swallow them. */
export function policyTrialRoutes(deps: TrialDeps): readonly GuardedRoute[] {
  return [...comparingRoutes(deps), ...shadowRoutes(deps)];
}

function comparingRoutes({ compareVersions, testPolicy, replayPolicy }: TrialDeps): readonly GuardedRoute[] {
  return [
    guarded({
      method: 'get',
      path: '/v1/policies/diff',
      operationId: 'diffPolicies',
      summary: 'What changed between two versions: an RFC 6902 patch, and sentences for people.',
      ...READ,
      query: z.strictObject({ from: versionInQuery, to: versionInQuery }),
      responses: { 200: 'the patch turns `from`, as JSON without comments, into `to`' },
      async handle({ query }: { readonly query: { readonly from: PolicyVersion; readonly to: PolicyVersion } }) {
        const { from, to, patch, sentences } = await compareVersions(query);
        return {
          status: 200,
          body: { from, to, patch: patch.map((each) => ({ ...each })), sentences: [...sentences] },
        };
      },
    }),
    guarded({
      method: 'post',
      path: '/v1/policies/test',
      operationId: 'testPolicy',
      summary: 'What a document or version would decide on calls that nobody made; nothing is consumed or stored.',
      ...READ,
      body: trial,
      responses: { 200: 'a decision, or an error, for each call in its place' },
      async handle({ principal, body }) {
        const { userId, ip } = principal;
        const tested = await testPolicy(body, { userId, ip });
        return { status: 200, body: { decisions: tested.map(showTested) } };
      },
    }),
    guarded({
      method: 'post',
      path: '/v1/policies/replay',
      operationId: 'replayPolicy',
      summary: 'Past calls decided again: counts, and every call that would end otherwise.',
      ...MANAGE,
      body: replaying,
      responses: { 200: 'the report' },
      async handle({ body }) {
        return { status: 200, body: showReplay(await replayPolicy(body)) };
      },
    }),
  ];
}

function shadowRoutes({ setShadow, endShadow, shadowReport }: TrialDeps): readonly GuardedRoute[] {
  const path = '/v1/policies/shadow';
  return [
    guarded({
      method: 'post',
      path,
      operationId: 'setShadowPolicy',
      summary: 'Lets a document or version decide beside the active one for a while, without effect.',
      ...MANAGE,
      body: shadowing,
      responses: { 200: 'set' },
      async handle({ principal, body }) {
        return { status: 200, body: showShadow(await setShadow({ ...body, actor: actorOf(principal) })) };
      },
    }),
    guarded({
      method: 'get',
      path,
      operationId: 'getShadowPolicy',
      summary: 'What the shadow would have decided otherwise since it was set.',
      ...READ,
      responses: { 200: 'the report' },
      async handle() {
        const report = await shadowReport();
        if (report === undefined) throw new ChaperoneError('not_found', { detail: 'No shadow policy is set.' });
        return { status: 200, body: showShadowReport(report) };
      },
    }),
    guarded({
      method: 'delete',
      path,
      operationId: 'endShadowPolicy',
      summary: 'Ends the shadow; what it found stays in the audit log.',
      ...MANAGE,
      responses: { 200: 'ended' },
      async handle({ principal }) {
        await endShadow(actorOf(principal));
        return { status: 200, body: { shadow: null } };
      },
    }),
  ];
}
