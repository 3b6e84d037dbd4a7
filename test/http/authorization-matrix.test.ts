import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CAPABILITIES } from '../../src/identity/capabilities/index.js';
import { startAuthorizationServer, type AuthorizationServer } from '../support/authorization-server.js';
import type { TestAnswer } from '../support/http-request.js';
import { pairedSite, type PairedSite } from '../support/paired-site.js';
import { combinations, expected, isOpen, type Combination } from './matrix/expectation.js';
import { makePeople } from './matrix/people.js';
import { rounds } from '../support/rounds.js';

const AUDIENCE = 'https://chaperone.example/agents';
const AT_ONCE = 12;
/** Every role, and every set of scopes for every kind of token: about five times as long. */
/** Every combination, or the short form in which each value of each kind occurs. */
const WHOLE = rounds('AUTHORIZATION_MATRIX', { usual: 1, published: 2 }) > 1;

let server: AuthorizationServer;
let paired: PairedSite;
let people: Awaited<ReturnType<typeof makePeople>>;

beforeAll(async () => {
  server = await startAuthorizationServer({ audience: AUDIENCE, scopes: [...CAPABILITIES, 'tool:*'] });
  paired = await pairedSite({
    workers: 8,
    sidecarEnv: {
      CHAPERONE_TRUSTED_PROXIES: '127.0.0.1',
      CHAPERONE_OAUTH_ISSUER: server.issuer,
      CHAPERONE_OAUTH_AUDIENCE: AUDIENCE,
      CHAPERONE_OAUTH_CLIENT_ID: server.client.id,
      CHAPERONE_OAUTH_CLIENT_SECRET: server.client.secret,
    },
  });
  people = await makePeople(paired, server);
}, 120_000);
afterAll(async () => {
  await paired.stop();
  await server.stop();
});

/** Refusals of who is asking. Anything else means that the caller was let in, and found nothing to do. */
const REFUSALS = new Set([
  'signature_missing',
  'signature_invalid',
  'credentials_missing',
  'credentials_invalid',
  'token_invalid',
  'credential_mismatch',
  'insufficient_scope',
  'insufficient_user_authentication',
  'capability_missing',
]);

/** What nobody may ever answer here: it would hide who was let in. */
const DISTURBANCES = new Set([
  'internal',
  'overloaded',
  'issuer_unavailable',
  'database_unavailable',
  'too_many_attempts',
]);

function outcomeOf({ status, body }: TestAnswer): string {
  const code = String(body?.code ?? '');
  if (REFUSALS.has(code) || DISTURBANCES.has(code)) return code;
  return status >= 500 && code === '' && body?.checks === undefined ? `status ${status}` : 'in';
}

const inWords = ({ route, role, credential, scopes }: Combination): string =>
  `${route.method.toUpperCase()} ${route.path} · ${role} · ${credential} · scopes: ${scopes}`;

async function walk(all: readonly Combination[]): Promise<readonly string[]> {
  const unexpected: string[] = [];
  const left = [...all];
  const walker = async (): Promise<void> => {
    for (let next = left.pop(); next !== undefined; next = left.pop()) {
      const [wanted, outcome] = [expected(next), outcomeOf(await paired.send(await people.requestOf(next)))];
      if (wanted !== outcome) unexpected.push(`${inWords(next)}: ${outcome}, not ${wanted}`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, walker));
  return unexpected.sort();
}

describe('every route, role, scope and credential', () => {
  it('lets in whom the table says, and nobody else', async () => {
    const { routes } = paired.sidecar;
    const all = combinations(routes, WHOLE);
    const unexpected = await walk(all);
    const letIn = all.filter((each) => expected(each) === 'in').length;
    console.info(
      `authorization matrix: ${all.length} combinations of ${routes.length} routes, ${letIn} let in, ${unexpected.length} unexpected`,
    );
    expect(unexpected).toEqual([]);
  }, 600_000);
});

/** Section 9 of the contract: who may use what. A route that isn't here yet is measured against the table alone. */
const CONTRACT: readonly (readonly [route: string, access: string, capability: string | null])[] = [
  ['post /v1/execute', 'signed', 'ai_agent_execute_tool'],
  ['get /v1/calls/{id}', 'any', null],
  ['get /v1/tools', 'any', 'ai_agent_execute_tool'],
  ['get /v1/policies', 'any', 'ai_agent_read_policies'],
  ['post /v1/policies', 'any', 'ai_agent_manage_policies'],
  ['get /v1/policies/active', 'any', 'ai_agent_read_policies'],
  ['get /v1/policies/{version}', 'any', 'ai_agent_read_policies'],
  ['get /v1/policies/diff', 'any', 'ai_agent_read_policies'],
  ['post /v1/policies/{version}/activate', 'any', 'ai_agent_manage_policies'],
  ['post /v1/policies/validate', 'any', 'ai_agent_read_policies'],
  ['post /v1/policies/test', 'any', 'ai_agent_read_policies'],
  ['post /v1/policies/replay', 'any', 'ai_agent_manage_policies'],
  ['get /v1/approvals', 'any', 'ai_agent_approve_changes'],
  ['get /v1/approvals/{id}', 'any', 'ai_agent_approve_changes'],
  ['post /v1/approvals/{id}/approve', 'any', 'ai_agent_approve_changes'],
  ['post /v1/approvals/{id}/reject', 'any', 'ai_agent_approve_changes'],
  ['post /v1/approvals/{id}/comment', 'any', 'ai_agent_approve_changes'],
  ['post /v1/approvals/batch', 'any', 'ai_agent_approve_changes'],
  ['get /v1/audit', 'any', 'ai_agent_view_logs'],
  ['get /v1/audit/{id}', 'any', 'ai_agent_view_logs'],
  ['get /v1/audit/verify', 'any', 'ai_agent_view_logs'],
  ['get /v1/audit/export', 'any', 'ai_agent_view_logs'],
  ['get /v1/agents', 'any', 'ai_agent_manage_agents'],
  ['post /v1/agents', 'bridge', 'ai_agent_manage_agents'],
  ['post /v1/agents/{id}/keys', 'bridge', 'ai_agent_manage_agents'],
  ['post /v1/agents/{id}/keys/{kid}/rotate', 'bridge', 'ai_agent_manage_agents'],
  ['post /v1/agents/{id}/keys/{kid}/revoke', 'bridge', 'ai_agent_manage_agents'],
  ['get /v1/identities', 'any', 'ai_agent_manage_agents'],
  ['post /v1/identities', 'any', 'ai_agent_manage_agents'],
  ['delete /v1/identities', 'any', 'ai_agent_manage_agents'],
  ['get /v1/secrets', 'any', 'ai_agent_manage_secrets'],
  ['post /v1/secrets/{name}/rotate', 'bridge', 'ai_agent_manage_secrets'],
  ['post /v1/webhooks/{source}', 'webhook', null],
  ['get /v1/settings', 'any', 'ai_agent_manage_settings'],
  ['put /v1/kill-switch', 'any', 'ai_agent_manage_settings'],
];

describe('the table', () => {
  it('is that of the contract', () => {
    const served = new Map(paired.sidecar.routes.map((route) => [`${route.method} ${route.path}`, route]));
    const rows = CONTRACT.map(([name]) => {
      const route = served.get(name);
      return route === undefined ? [name] : [name, route.access, isOpen(route) ? null : route.capability];
    });
    expect(rows).toEqual(CONTRACT);
  });

  it('asks for a login of just now where a credential is made or the policy changes', () => {
    const asked = paired.sidecar.routes.filter(
      (route) => !isOpen(route) && (route.stepUp === true || route.stepUpFor !== undefined),
    );
    expect(asked.map(({ method, path }) => `${method} ${path}`)).toEqual(
      expect.arrayContaining([
        'post /v1/policies',
        'post /v1/policies/{version}/activate',
        'post /v1/identities',
        'post /v1/agents/{id}/keys/{kid}/rotate',
        'post /v1/secrets/{name}/rotate',
      ]),
    );
  });
});
