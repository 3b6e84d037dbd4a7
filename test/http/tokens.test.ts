import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import * as oauth from 'oauth4webapi';
import { OPERATOR } from '../../src/audit/audit-entry.js';
import type { WpUserId } from '../../src/kernel/ids.js';
import { startAuthorizationServer, type AuthorizationServer } from '../support/authorization-server.js';
import { makeProofMaker } from '../support/dpop.js';
import type { TestAnswer, TestRequest } from '../support/http-request.js';
import { pairedSite, type PairedSite } from '../support/paired-site.js';
import { expectProblem } from './problem.js';

const AUDIENCE = 'https://chaperone.example/agents';
const ALL = [
  'ai_agent_execute_tool',
  'ai_agent_read_policies',
  'ai_agent_manage_policies',
  'ai_agent_approve_changes',
  'ai_agent_view_logs',
  'ai_agent_manage_agents',
];
const TOOLS = ['tool:posts.*', 'tool:posts.create', 'tool:site.info', 'tool:posts.crea', 'tool:*'];

let server: AuthorizationServer;
let paired: PairedSite;
let seenByWordPress: string;

beforeAll(async () => {
  server = await startAuthorizationServer({ audience: AUDIENCE, scopes: [...ALL, ...TOOLS] });
  paired = await pairedSite({
    workers: 6,
    sidecarEnv: {
      CHAPERONE_OAUTH_ISSUER: server.issuer,
      CHAPERONE_OAUTH_AUDIENCE: AUDIENCE,
      CHAPERONE_OAUTH_CLIENT_ID: server.client.id,
      CHAPERONE_OAUTH_CLIENT_SECRET: server.client.secret,
      CHAPERONE_OAUTH_STEP_UP_ACR: 'password hardware',
    },
  });
  seenByWordPress = join(paired.site.path, 'seen.log');
  writeFileSync(seenByWordPress, '');
  const folder = join(paired.site.path, 'wp-content/mu-plugins');
  mkdirSync(folder, { recursive: true });
  const code = `<?php file_put_contents( ABSPATH . 'seen.log', serialize( $_SERVER ) . file_get_contents( 'php://input' ), FILE_APPEND );`;
  writeFileSync(join(folder, 'seen.php'), code);
  await bind(server.client.id, paired.agent.userId);
  await bind('ed', paired.site.users.editor.id);
  await bind('admin', paired.site.users.admin.id);
}, 90_000);
afterAll(async () => {
  await paired.stop();
  await server.stop();
});
beforeEach(() => {
  server.loginAge = 0;
});

const bind = (subject: string, userId: number) =>
  paired.sidecar.addIdentity({
    issuer: server.issuer,
    subject,
    userId: userId as WpUserId,
    actor: OPERATOR,
    capabilities: { has: () => true },
  });
const bearer = (token: string): Partial<TestRequest> => ({ headers: [['Authorization', `Bearer ${token}`]] });
const agentToken = (...scopes: readonly string[]): Promise<string> =>
  server.clientToken({ scope: ['ai_agent_execute_tool', ...scopes].join(' ') });
const personToken = async (who: string, ...scopes: readonly string[]): Promise<string> =>
  (await server.userToken(who, { scope: scopes.join(' ') })).accessToken;
const get = (path: string, token: string, more: Partial<TestRequest> = {}): Promise<TestAnswer> =>
  paired.send({ path, ...bearer(token), ...more });
const execute = (token: string, tool = 'posts.create', more: Partial<TestRequest> = {}): Promise<TestAnswer> =>
  paired.execute({ tool, args: tool === 'posts.create' ? { title: 'x' } : {} }, { ...bearer(token), ...more });
const challengeOf = ({ headers }: TestAnswer): string => headers['www-authenticate'] ?? '';
const codeOf = ({ status, body }: TestAnswer): string => (status < 300 ? 'ok' : String(body?.code));

describe('a token alone', () => {
  it('reads what its scope and its user’s capability let it, whichever kind it is', async () => {
    const scope = 'ai_agent_view_logs';
    for (const format of ['jwt', 'opaque'] as const) {
      const { accessToken } = await server.userToken('ed', { scope, format });
      expect(codeOf(await get('/v1/audit', accessToken))).toBe('ok');
      expect(codeOf(await get('/v1/tools', await server.clientToken({ scope: 'ai_agent_execute_tool', format })))).toBe(
        'ok',
      );
    }
  });

  it('without the scope is told which one this needs, and no more', async () => {
    const answer = await get('/v1/audit', await personToken('admin', 'ai_agent_read_policies'));
    expect(answer).toMatchObject({
      status: 403,
      body: { code: 'insufficient_scope', unlock: { scope: 'ai_agent_view_logs' } },
    });
    expectProblem(answer);
    const challenge = challengeOf(answer);
    expect(challenge).toMatch(/^Bearer realm="chaperone", error="insufficient_scope"/);
    expect(challenge).toContain('scope="ai_agent_view_logs"');
    expect(challenge).toContain(`resource_metadata="${paired.url}/.well-known/oauth-protected-resource"`);
  });

  it('with the scope has no more than its user', async () => {
    const answer = await get('/v1/agents', await personToken('ed', 'ai_agent_manage_agents'));
    expect(codeOf(answer)).toBe('capability_missing');
    expect(challengeOf(answer)).toBe('');
    const token = await server.clientToken({ scope: 'ai_agent_view_logs' });
    expect(codeOf(await get('/v1/audit', token))).toBe('capability_missing');
  });

  it('calls no tool', async () => {
    const request = { method: 'POST', path: '/v1/execute', body: { tool: 'site.info' } };
    const answer = await paired.send({ ...request, ...bearer(await agentToken('tool:*')) });
    expect(codeOf(answer)).toBe('signature_missing');
  });

  it('sees the calls of its user with one scope, those of all with the other, and none with a third', async () => {
    const { body } = await paired.execute({ tool: 'site.info' });
    const path = `/v1/calls/${body.callId}`;
    expect(codeOf(await get(path, await agentToken()))).toBe('ok');
    expect(codeOf(await get(path, await personToken('ed', 'ai_agent_view_logs')))).toBe('ok');
    expect(codeOf(await get(path, await personToken('ed', 'ai_agent_execute_tool')))).toBe('not_found');
    const third = await get(path, await server.clientToken({ scope: 'tool:*' }));
    expect(codeOf(third)).toBe('insufficient_scope');
    expect(codeOf(await get(path, await server.clientToken({ scope: 'ai_agent_view_logs' })))).toBe('not_found');
  });

  it('of a subject that is bound to nobody is nobody’s', async () => {
    const answer = await get('/v1/audit', await personToken('stranger', 'ai_agent_view_logs'));
    expect(codeOf(answer)).toBe('token_invalid');
    expect(answer.body.detail).toContain('bound to no user');
    expectProblem(answer);
  });
});

describe('a token beside a signature', () => {
  it('runs a tool that one of its scopes names', async () => {
    for (const scope of ['tool:posts.*', 'tool:posts.create', 'tool:*'])
      expect(codeOf(await execute(await agentToken(scope)))).toBe('ok');
    const { body } = await paired.get('/v1/audit?kind=call.decision&limit=1');
    expect(body.items[0]).toMatchObject({ credential: 'access_token', userId: paired.agent.userId });
  });

  it.each([[[]], [['tool:site.info']], [['tool:posts.crea']]])('runs none with %j', async (scopes) => {
    const answer = await execute(await agentToken(...scopes));
    expect(answer).toMatchObject({ status: 403, body: { code: 'insufficient_scope' } });
    expectProblem(answer);
    expect(challengeOf(answer)).toContain('scope="ai_agent_execute_tool tool:posts.create"');
    const { body } = await paired.get(`/v1/audit?callId=${answer.body.callId}`);
    expect(body.items).toMatchObject([{ kind: 'call.decision', verdict: 'deny', code: 'insufficient_scope' }]);
  });

  it('without the scope for calls runs none, whatever tools it names', async () => {
    const answer = await execute(await server.clientToken({ scope: 'tool:*' }));
    expect(codeOf(answer)).toBe('insufficient_scope');
    expect(challengeOf(answer)).toContain('scope="ai_agent_execute_tool"');
  });

  it('is not given the answer to a call that it could not make', async () => {
    const idempotencyKey = 'asked-with-the-key-alone';
    expect(codeOf(await paired.execute({ tool: 'posts.create', args: { title: 'x' } }, { idempotencyKey }))).toBe('ok');
    expect(codeOf(await execute(await agentToken('tool:site.info'), 'posts.create', { idempotencyKey }))).toBe(
      'insufficient_scope',
    );
    const again = await execute(await agentToken('tool:posts.*'), 'posts.create', { idempotencyKey });
    expect(again.headers['idempotency-replayed']).toBe('true');
  });

  it('belongs to the key’s own user', async () => {
    const answer = await execute(await personToken('admin', 'ai_agent_execute_tool', 'tool:*'));
    expect(codeOf(answer)).toBe('credential_mismatch');
    const other = await paired.newAgent();
    expect(codeOf(await execute(await agentToken('tool:*'), 'site.info', { key: other.key }))).toBe(
      'credential_mismatch',
    );
  });

  it('is covered by it', async () => {
    const token = await agentToken('tool:*');
    const beside = await paired.execute({ tool: 'site.info' }, { unsigned: [['Authorization', `Bearer ${token}`]] });
    expect(codeOf(beside)).toBe('signature_coverage');
  });

  it('that is wrong is written down', async () => {
    expect(codeOf(await execute('nonsense'))).toBe('token_invalid');
    const { body } = await paired.get('/v1/audit?kind=auth.refused&limit=1');
    expect(body.items[0]).toMatchObject({ code: 'token_invalid', agentId: paired.agent.id });
  });

  it('a tool that is unknown is unknown, and its name forges no header', async () => {
    expect(codeOf(await execute(await agentToken('tool:*'), 'posts.burn', {}))).toBe('tool_unknown');
    const odd = await execute(await agentToken(), 'x", error="y');
    expect(codeOf(odd)).toBe('tool_unknown');
  });
});

describe('where a token stands', () => {
  it('is the header: in the query it is refused, and beside good credentials too', async () => {
    const token = await personToken('ed', 'ai_agent_view_logs');
    for (const request of [{}, { user: paired.site.users.admin }, bearer(token)]) {
      const answer = await paired.send({ path: `/v1/audit?access_token=${token}`, ...request });
      expect(codeOf(answer)).toBe('request_malformed');
      expectProblem(answer);
    }
    expect(codeOf(await paired.send({ path: `/v1/tools?%61ccess_token=${token}`, ...bearer(token) }))).toBe(
      'request_malformed',
    );
  });

  it('is not the body', async () => {
    const token = await personToken('admin', 'ai_agent_read_policies');
    const post = { method: 'POST', path: '/v1/policies/validate' };
    const form = { body: `access_token=${token}`, contentType: 'application/x-www-form-urlencoded' };
    expect(codeOf(await paired.send({ ...post, ...form }))).toBe('credentials_missing');
    expect(codeOf(await paired.send({ ...post, ...form, user: paired.site.users.admin }))).toBe(
      'unsupported_media_type',
    );
    const inside = { document: '{}', access_token: token };
    expect(codeOf(await paired.send({ ...post, body: inside, user: paired.site.users.admin }))).toBe(
      'request_malformed',
    );
  });

  it('is one line with one credential', async () => {
    const token = await personToken('ed', 'ai_agent_view_logs');
    const { login, applicationPassword } = paired.site.users.editor;
    const basic = `Basic ${Buffer.from(`${login}:${applicationPassword}`).toString('base64')}`;
    const sent = (...values: readonly string[]) =>
      paired.send({ path: '/v1/audit', headers: values.map((value) => ['Authorization', value] as const) });
    expect(codeOf(await sent(`Bearer ${token}`))).toBe('ok');
    expect(codeOf(await sent(basic))).toBe('ok');
    expect(codeOf(await sent(`Bearer ${token}`, `Bearer ${token}`))).toBe('request_malformed');
    expect(codeOf(await sent(basic, `Bearer ${token}`))).toBe('request_malformed');
    expect(codeOf(await sent(`Bearer ${token}, ${basic}`))).toBe('token_invalid');
    expect(codeOf(await sent(`${basic}, Bearer ${token}`))).toBe('credentials_invalid');
  });
});

describe('what is taken away is gone with the next request', () => {
  const outcome = async (token: string): Promise<string> => codeOf(await get('/v1/audit', token));

  it('an identity', async () => {
    const token = await personToken('temporary', 'ai_agent_view_logs');
    expect(await outcome(token)).toBe('token_invalid');
    await bind('temporary', paired.site.users.editor.id);
    expect(await outcome(token)).toBe('ok');
    await paired.sidecar.removeIdentity({ issuer: server.issuer, subject: 'temporary', actor: OPERATOR });
    expect(await outcome(token)).toBe('token_invalid');
  });

  it('a capability, a role, and the user', async () => {
    const person = await paired.site.createUser({ role: 'editor' });
    await bind('leaving', person.id);
    const token = await personToken('leaving', 'ai_agent_view_logs');
    expect(await outcome(token)).toBe('ok');
    await paired.site.php("( new WP_User( $args ) )->add_cap( 'ai_agent_view_logs', false ); return 1;", person.id);
    expect(await outcome(token)).toBe('capability_missing');
    await paired.site.php("( new WP_User( $args ) )->remove_cap( 'ai_agent_view_logs' ); return 1;", person.id);
    expect(await outcome(token)).toBe('ok');
    await paired.site.php("( new WP_User( $args ) )->set_role( 'author' ); return 1;", person.id);
    expect(await outcome(token)).toBe('capability_missing');
    await paired.site.php(
      "require_once ABSPATH . 'wp-admin/includes/user.php'; return wp_delete_user( $args );",
      person.id,
    );
    expect(await outcome(token)).toBe('token_invalid');
  });

  it('an agent that is suspended', async () => {
    const agents = paired.db(`${paired.config.tablePrefix}ai_agent_agents`).where({ id: paired.agent.id });
    const token = await agentToken('tool:*');
    await agents.clone().update({ state: 'suspended' });
    expect(codeOf(await get('/v1/tools', token))).toBe('agent_suspended');
    expect(codeOf(await execute(token))).toBe('agent_suspended');
    await agents.clone().update({ state: 'active' });
    expect(codeOf(await get('/v1/tools', token))).toBe('ok');
  });
});

describe('a token bound to a key', () => {
  const maker = makeProofMaker();
  let token: string;
  beforeAll(async () => {
    const dpop = maker.proof({ method: 'POST', url: `${server.issuer}/token` });
    token = await server.clientToken({ scope: 'ai_agent_execute_tool tool:*', dpop });
  });
  const shown = (dpop: string, path = '/v1/tools'): TestRequest => ({
    path,
    headers: [
      ['Authorization', `DPoP ${token}`],
      ['DPoP', dpop],
    ],
  });
  const proof = (path = '/v1/tools', method = 'GET'): string => maker.proof({ method, url: paired.url + path, token });

  it('is taken once per proof, by whichever replica', async () => {
    const replica = await paired.replica();
    const request = shown(proof());
    expect(codeOf(await paired.send(request))).toBe('ok');
    expect(codeOf(await replica.send(request))).toBe('token_invalid');
    const fresh = shown(proof());
    const both = await Promise.all(
      Array.from({ length: 10 }, (_, each) => (each % 2 === 0 ? paired : replica).send(fresh)),
    );
    expect(both.filter(({ status }) => status === 200)).toHaveLength(1);
  });

  it('says in its challenge what was wrong, and which algorithms are known', async () => {
    const answer = await paired.send(shown(proof('/v1/audit')));
    expectProblem(answer);
    expect(challengeOf(answer)).toMatch(/^DPoP realm="chaperone", error="invalid_dpop_proof"/);
    expect(challengeOf(answer)).toContain('algs="ES256 ');
  });

  it('runs a tool beside a signature', async () => {
    const { headers = [] } = shown(proof('/v1/execute', 'POST'));
    expect(codeOf(await paired.execute({ tool: 'site.info' }, { headers }))).toBe('ok');
  });

  it('comes with one proof', async () => {
    const { path, headers = [] } = shown(proof());
    const answer = await paired.send({ path, headers: [...headers, ['DPoP', proof()]] });
    expect(codeOf(answer)).toBe('request_malformed');
  });
});

describe('what needs a login of just now', () => {
  const activate = async (token: string): Promise<TestAnswer> => {
    const versions = await paired.sidecar.readPolicies.list({ limit: 1 });
    const path = `/v1/policies/${versions.policies[0]?.version ?? 0}/activate`;
    return paired.send({ method: 'POST', path, body: {}, ...bearer(token) });
  };

  it('passes with one, and with none older than five minutes', async () => {
    expect(codeOf(await activate(await personToken('admin', 'ai_agent_manage_policies')))).toBe('ok');
    server.loginAge = 290;
    expect(codeOf(await activate(await personToken('admin', 'ai_agent_manage_policies')))).toBe('ok');
    server.loginAge = 310;
    const answer = await activate(await personToken('admin', 'ai_agent_manage_policies'));
    expect(codeOf(answer)).toBe('insufficient_user_authentication');
    expectProblem(answer);
    const challenge = challengeOf(answer);
    expect(challenge).toMatch(/^Bearer realm="chaperone", error="insufficient_user_authentication"/);
    expect(challenge).toContain('max_age="300"');
    expect(challenge).toContain('acr_values="password hardware"');
  });

  it('never passes without a login, or with a weak one', async () => {
    const claims = (changes: object) =>
      server.sign(server.claims({ sub: 'admin', scope: 'ai_agent_manage_policies', ...changes }));
    const now = Math.floor(Date.now() / 1000);
    expect(codeOf(await activate(claims({})))).toBe('insufficient_user_authentication');
    expect(codeOf(await activate(claims({ auth_time: now, acr: 'pin' })))).toBe('insufficient_user_authentication');
    expect(codeOf(await activate(claims({ auth_time: now })))).toBe('insufficient_user_authentication');
    expect(codeOf(await activate(claims({ auth_time: String(now), acr: 'password' })))).toBe(
      'insufficient_user_authentication',
    );
    expect(codeOf(await activate(claims({ auth_time: now + 3_600, acr: 'password' })))).toBe(
      'insufficient_user_authentication',
    );
    expect(codeOf(await activate(claims({ auth_time: now, acr: 'hardware' })))).toBe('ok');
  });

  it('is saving a policy when it is activated at once, and not otherwise', async () => {
    server.loginAge = 1_000;
    const token = await personToken('admin', 'ai_agent_manage_policies');
    const { policies } = await paired.sidecar.readPolicies.list({ limit: 1 });
    const baseVersion = policies[0]?.version ?? 0;
    const save = (changes: object) =>
      paired.send({
        method: 'POST',
        path: '/v1/policies',
        body: {
          document: { formatVersion: 1, name: 'x', tools: [{ id: 'a', effect: 'allow' }] },
          baseVersion,
          ...changes,
        },
        ...bearer(token),
      });
    expect(codeOf(await save({}))).toBe('ok');
    expect(codeOf(await save({ activate: true }))).toBe('insufficient_user_authentication');
  });

  it('is making somebody an identity', async () => {
    server.loginAge = 1_000;
    const token = await personToken('admin', 'ai_agent_manage_agents');
    const body = { issuer: server.issuer, subject: 'mine', userId: paired.site.users.admin.id };
    const add = { method: 'POST', path: '/v1/identities', body };
    expect(codeOf(await paired.send({ ...add, ...bearer(token) }))).toBe('insufficient_user_authentication');
    server.loginAge = 0;
    const fresh = await personToken('admin', 'ai_agent_manage_agents');
    const narrow = await paired.send({ ...add, ...bearer(fresh) });
    expect(codeOf(narrow)).toBe('capability_missing');
    expect(narrow.body.detail).toContain('which you lack');
  });
});

describe('people with tokens', () => {
  it('vote with the scope to approve, and carry out a suggestion with one for its tool too', async () => {
    await paired.allow({ tools: [{ id: 'everything', effect: 'allow' }], mode: 'review' });
    const { body: held } = await paired.execute({ tool: 'posts.create', args: { title: 'held' } });
    const vote = (id: string, token: string) =>
      paired.send({ method: 'POST', path: `/v1/approvals/${id}/approve`, body: {}, ...bearer(token) });
    expect(codeOf(await vote(held.approval.id, await personToken('ed', 'ai_agent_view_logs')))).toBe(
      'insufficient_scope',
    );
    const voter = await personToken('ed', 'ai_agent_approve_changes');
    expect(codeOf(await vote(held.approval.id, voter))).toBe('ok');
    await paired.allow({ tools: [{ id: 'everything', effect: 'allow' }], mode: 'suggest' });
    const { body: suggested } = await paired.execute({ tool: 'posts.create', args: { title: 'suggested' } });
    const refused = await vote(suggested.approval.id, voter);
    expect(codeOf(refused)).toBe('insufficient_scope');
    expect(challengeOf(refused)).toContain('tool:posts.create');
    const applier = await personToken('ed', 'ai_agent_approve_changes', 'tool:posts.*');
    const applied = await vote(suggested.approval.id, applier);
    expect(applied).toMatchObject({ status: 200, body: { result: { author: paired.site.users.editor.id } } });
    await paired.allow();
  });
});

describe('the authorization server', () => {
  it('is found through our metadata, as another implementation reads it', async () => {
    const resource = new URL(paired.url);
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- loopback, as its authors mean it
    const insecure = { [oauth.allowInsecureRequests]: true };
    const response = await oauth.resourceDiscoveryRequest(resource, insecure);
    const metadata = await oauth.processResourceDiscoveryResponse(resource, response);
    expect(metadata).toMatchObject({
      resource: paired.url,
      authorization_servers: [server.issuer],
      bearer_methods_supported: ['header'],
      dpop_bound_access_tokens_required: false,
    });
    expect(metadata.scopes_supported).toEqual(expect.arrayContaining([...ALL, 'tool:*', 'tool:posts.create']));
  });

  it('is named to whoever comes without credentials', async () => {
    const answer = await paired.send({ path: '/v1/audit' });
    expect(codeOf(answer)).toBe('credentials_missing');
    const challenge = challengeOf(answer);
    expect(challenge).toMatch(/^Basic realm="chaperone", charset="UTF-8", Bearer realm="chaperone"/);
    expect(challenge).toContain('scope="ai_agent_view_logs"');
    expect(challenge).toContain(`resource_metadata="${paired.url}/.well-known/oauth-protected-resource"`);
    expect(challenge).not.toContain('error=');
  });

  it('rotates its keys while tokens are used', async () => {
    const before = await personToken('ed', 'ai_agent_view_logs');
    expect(codeOf(await get('/v1/audit', before))).toBe('ok');
    server.rotateKeys();
    expect(codeOf(await get('/v1/audit', await personToken('ed', 'ai_agent_view_logs')))).toBe('ok');
    expect(codeOf(await get('/v1/audit', before))).toBe('token_invalid');
  });

  it('is down: 503 for tokens, with the time to come back; passwords and readiness go on', async () => {
    const token = await server.clientToken({ scope: 'ai_agent_execute_tool', format: 'opaque' });
    server.down = true;
    const answer = await get('/v1/tools', token);
    expect(answer).toMatchObject({ status: 503, body: { code: 'issuer_unavailable', retryAfter: 5 } });
    expect(answer.headers['retry-after']).toBe('5');
    expectProblem(answer);
    expect(codeOf(await paired.get('/v1/audit'))).toBe('ok');
    expect((await paired.send({ path: '/readyz' })).status).toBe(200);
    server.down = false;
  });
});

describe('tokens stay here', () => {
  it('WordPress never sees one, and no log or table holds one', async () => {
    const token = await agentToken('tool:*');
    expect(codeOf(await execute(token))).toBe('ok');
    const seen = readFileSync(seenByWordPress, 'utf8');
    expect(seen).toContain('ai-agent-acting-user');
    const signature = token.split('.')[2] ?? token;
    for (const place of [seen.toLowerCase(), paired.log.join('').toLowerCase()])
      expect(place).not.toContain(signature.toLowerCase());
    const [rows] = (await paired.db.raw('SHOW TABLES')) as [Record<string, string>[]];
    for (const name of rows.flatMap((row) => Object.values(row)).filter((each) => each.includes('ai_agent')))
      expect(JSON.stringify(await paired.db(name).select())).not.toContain(signature);
  });
});

/** The last, since the issuer isn't asked for keys again for half a minute. */
describe('a token whose key nobody knows', () => {
  it('beside a signature is no guess, since it can’t be tried, and fills no log: an entry a minute says how often it came', async () => {
    const count = async (): Promise<number> =>
      (await paired.db('wp_ai_agent_audit_log').where({ kind: 'auth.refused', code: 'token_invalid' })).length;
    const before = await count();
    const token = server.sign(server.claims({ sub: server.client.id }), { kid: 'nobody' });
    const answers = await Promise.all(Array.from({ length: 40 }, () => execute(token, 'site.info')));
    expect(new Set(answers.map(codeOf))).toEqual(new Set(['token_invalid']));
    expect(answers.filter(({ body }) => String(body.detail).includes('a moment ago')).length).toBeGreaterThan(30);
    expect((await count()) - before).toBeLessThan(10);
  });
});
