import { generateKeyPairSync } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { OPERATOR } from '../../src/audit/audit-entry.js';
import { createClient, parseKeyId } from '../../src/client/index.js';
import type { Json } from '../../src/kernel/json.js';
import { addMischief } from '../support/mischief.js';
import { pairedSite, type PairedSite, type TestAgent } from '../support/paired-site.js';

let paired: PairedSite;
beforeAll(async () => {
  paired = await pairedSite({ workers: 6 });
  addMischief(paired.site);
}, 90_000);
afterAll(() => paired.stop());

const CREATE = { tool: 'posts.create', args: { title: 'x' } };
const table = (name: string): string => `${paired.config.tablePrefix}ai_agent_${name}`;
const php = (code: string, args?: unknown): Promise<unknown> => paired.site.php(code, args);

async function codeOf(agent: TestAgent, changes: Parameters<PairedSite['execute']>[1] = {}): Promise<string> {
  const { status, body } = await paired.execute({ tool: 'site.info' }, { key: agent.key, ...changes });
  return status === 200 ? 'executed' : String(body.code);
}

const refusals = (agent: TestAgent) =>
  paired.sidecar.auditReader.list({ agentId: agent.id, kind: 'auth.refused' }, { limit: 10 });

describe('what is taken away is gone with the next request', () => {
  it.each(['revoked', 'pending', 'retiring', 'of a kind that nobody knows'])('a key that is %s', async (state) => {
    const agent = await paired.newAgent();
    expect(await codeOf(agent)).toBe('executed');
    await paired
      .db(table('keys'))
      .where({ id: agent.keyId })
      .update({ state: state.slice(0, 16) });
    expect(await codeOf(agent)).toBe('signature_invalid');
  });

  it('a retiring key verifies until its end', async () => {
    const agent = await paired.newAgent();
    const retire = (notAfter: Date) =>
      paired.db(table('keys')).where({ id: agent.keyId }).update({ state: 'retiring', not_after: notAfter });
    await retire(new Date(Date.now() + 60_000));
    expect(await codeOf(agent)).toBe('executed');
    await retire(new Date(Date.now() - 1));
    expect(await codeOf(agent)).toBe('signature_invalid');
  });

  it.each(['suspended', 'nonsense'])('an agent that is %s, and its return', async (state) => {
    const agent = await paired.newAgent();
    const become = (next: string) => paired.db(table('agents')).where({ id: agent.id }).update({ state: next });
    await become(state);
    expect(await codeOf(agent)).toBe('agent_suspended');
    await become('active');
    expect(await codeOf(agent)).toBe('executed');
    expect((await refusals(agent)).map(({ code }) => code)).toEqual(['agent_suspended']);
  });

  it('a suspended agent, whose key fills no log: each code once a minute, with how many it stands for', async () => {
    const agent = await paired.newAgent();
    await paired.db(table('agents')).where({ id: agent.id }).update({ state: 'suspended' });
    for (let each = 0; each < 50; each += 1) expect(await codeOf(agent)).toBe('agent_suspended');
    expect(await refusals(agent)).toMatchObject([{ code: 'agent_suspended' }]);
    expect((await paired.send({ path: '/v1/tools', user: agent })).body.code).toBe('agent_suspended');
    expect(await refusals(agent)).toHaveLength(2);
    await paired.db(table('agents')).where({ id: agent.id }).update({ state: 'active' });
    for (let each = 0; each < 10; each += 1)
      expect((await paired.send({ path: '/v1/policies', user: agent })).body.code).toBe('capability_missing');
    expect((await refusals(agent)).map(({ code }) => code).sort()).toEqual([
      'agent_suspended',
      'agent_suspended',
      'capability_missing',
    ]);
  });

  it('an application password, beside the signature or alone', async () => {
    const agent = await paired.newAgent();
    expect(await codeOf(agent, { user: agent })).toBe('executed');
    expect((await paired.send({ path: '/v1/tools', user: agent })).status).toBe(200);
    await php('return WP_Application_Passwords::delete_all_application_passwords( $args );', agent.userId);
    expect(await codeOf(agent, { user: agent })).toBe('credentials_invalid');
    expect((await paired.send({ path: '/v1/tools', user: agent })).body.code).toBe('credentials_invalid');
    expect(await codeOf(agent)).toBe('executed');
  });

  it('what no agent may do, and its trying is in the log', async () => {
    const agent = await paired.newAgent();
    expect((await paired.send({ path: '/v1/policies', user: agent })).body.code).toBe('capability_missing');
    expect(await refusals(agent)).toMatchObject([
      { code: 'capability_missing', actor: { userId: agent.userId, credential: 'application_password' } },
    ]);
  });

  it('a capability of the role, and one denied to the user', async () => {
    const agent = await paired.newAgent();
    const create = () => codeOf(agent, { body: CREATE });
    expect(await create()).toBe('executed');
    await php("( new WP_User( $args ) )->add_cap( 'edit_posts', false ); return true;", agent.userId);
    expect(await create()).toBe('capability_missing');
    await php("( new WP_User( $args ) )->remove_cap( 'edit_posts' ); return true;", agent.userId);
    expect(await create()).toBe('executed');
    await php("( new WP_User( $args ) )->set_role( '' ); return true;", agent.userId);
    expect(await codeOf(agent)).toBe('capability_missing');
    expect(await refusals(agent)).toMatchObject([{ code: 'capability_missing', detail: { operation: 'execute' } }]);
  });

  it('a user', async () => {
    const agent = await paired.newAgent();
    await php("require_once ABSPATH . 'wp-admin/includes/user.php'; return wp_delete_user( $args );", agent.userId);
    expect(await codeOf(agent)).toBe('credentials_invalid');
  });

  it('a person’s rights, on the routes of people', async () => {
    const person = await paired.site.createUser({ role: 'editor' });
    const read = async () => String((await paired.get('/v1/audit', person)).body.code ?? 'read');
    expect(await read()).toBe('read');
    await php("( new WP_User( $args ) )->set_role( 'author' ); return true;", person.id);
    expect(await read()).toBe('capability_missing');
  });
});

describe('who may ask what', () => {
  const ROUTES = [
    ['GET', '/v1/policies', 'ai_agent_read_policies'],
    ['GET', '/v1/policies/active', 'ai_agent_read_policies'],
    ['GET', '/v1/policies/1', 'ai_agent_read_policies'],
    ['POST', '/v1/policies/validate', 'ai_agent_read_policies'],
    ['POST', '/v1/policies', 'ai_agent_manage_policies'],
    ['POST', '/v1/policies/1/activate', 'ai_agent_manage_policies'],
    ['GET', '/v1/audit', 'ai_agent_view_logs'],
    ['GET', '/v1/audit/verify', 'ai_agent_view_logs'],
    ['GET', '/v1/audit/1', 'ai_agent_view_logs'],
    ['GET', '/v1/audit/export', 'ai_agent_view_logs'],
    ['GET', '/v1/audit/checkpoints', 'ai_agent_view_logs'],
    ['POST', '/v1/audit/checkpoints', 'ai_agent_view_logs'],
    ['POST', '/v1/audit/erase', 'ai_agent_manage_settings'],
    ['GET', '/v1/settings', 'ai_agent_manage_settings'],
    ['PUT', '/v1/settings', 'ai_agent_manage_settings'],
    ['PUT', '/v1/kill-switch', 'ai_agent_manage_settings'],
  ] as const;
  const refused = async (method: string, path: string, user: Parameters<PairedSite['get']>[1]) => {
    const { status, body } = await paired.send({
      method,
      path,
      body: method === 'GET' ? undefined : {},
      ...(user && { user }),
    });
    return status === 403 ? `${body.code} ${body.unlock?.capability ?? ''}` : 'let in';
  };

  it.each(ROUTES)('%s %s asks for %s', async (method, path, capability) => {
    const { admin, editor } = paired.site.users;
    const forEditors = capability === 'ai_agent_read_policies' || capability === 'ai_agent_view_logs';
    expect(await refused(method, path, admin)).toBe('let in');
    expect(await refused(method, path, editor)).toBe(forEditors ? 'let in' : `capability_missing ${capability}`);
  });

  it.each(ROUTES)(
    '%s %s: an agent is refused, though its account is an administrator',
    async (method, path, capability) => {
      const agent = await administrator();
      for (const credentials of [{ key: agent.key }, { user: agent }, { key: agent.key, user: agent }]) {
        const body = method === 'GET' ? undefined : {};
        const answer = await paired.send({ method, path, body, ...credentials });
        expect(answer).toMatchObject({ status: 403, body: { code: 'capability_missing', unlock: { capability } } });
      }
    },
  );

  let admins: TestAgent | undefined;
  const administrator = async (): Promise<TestAgent> => {
    admins ??= await paired.newAgent(await paired.site.createUser({ role: 'administrator' }));
    return admins;
  };

  it('and still it may do what the tools need an administrator for', async () => {
    const agent = await administrator();
    expect((await paired.execute({ tool: 'settings.get' }, { key: agent.key })).status).toBe(200);
  });

  it('a call is shown to its agent and to who reads the log; to others it does not exist', async () => {
    const { body } = await paired.execute(CREATE);
    const path = `/v1/calls/${body.callId}`;
    const other = await paired.newAgent();
    expect((await paired.send({ path, key: paired.agent.key })).body).toMatchObject({
      callId: body.callId,
      state: 'succeeded',
      answer: { status: 200, body },
    });
    expect((await paired.get(path, paired.site.users.editor)).status).toBe(200);
    expect((await paired.send({ path, key: other.key })).body.code).toBe('not_found');
    expect((await paired.get(path, await paired.site.createUser({ role: 'author' }))).body.code).toBe('not_found');
  });
});

describe('an Ed25519 key, of which only the public half is known here', () => {
  it('signs calls through the client that the package exports', async () => {
    const { publicKey, privateKey } = generateKeyPairSync('ed25519');
    const raw = publicKey.export({ format: 'der', type: 'spki' }).subarray(-32);
    const account = await paired.site.createUser({ role: 'ai_agent' });
    const { keyId } = await paired.sidecar.createAgent({
      name: 'ed',
      userId: account.id as never,
      key: { algorithm: 'ed25519', publicKey: raw },
      actor: OPERATOR,
    });
    expect(parseKeyId(keyId)).toBeDefined();
    const client = createClient({ url: paired.url, keyId, algorithm: 'ed25519', privateKey });
    expect(await client.execute(CREATE)).toMatchObject({ status: 'executed', result: { author: account.id } });
    const stored: unknown = await paired.db(table('keys')).where({ id: keyId }).first();
    expect(stored).toMatchObject({ sealed_secret: null, public_key: raw.toString('base64') });
  });
});

describe('a trace (W3C Trace Context)', () => {
  it('goes through to WordPress, of each of two calls its own, and into the log of refusals', async () => {
    await php("update_option( 'seen_traces', array() ); return 1;");
    watchTraces(paired.site);
    const agent = await paired.newAgent();
    const traced = (trace: string, call: { tool: string; args: Json }) =>
      paired.execute(call, { key: agent.key, unsigned: [['Traceparent', `00-${trace}-00f067aa0ba902b7-01`]] });
    const [one, other] = ['a'.repeat(32), 'b'.repeat(32)];
    await traced(one, CREATE);
    await traced(other, { tool: 'posts.list', args: {} });
    const seen = (await php("return get_option( 'seen_traces' );")) as readonly string[];
    expect(seen.filter((each) => new RegExp(`^POST /wp/v2/posts 00-${one}-[0-9a-f]{16}-01$`).test(each))).toHaveLength(
      1,
    );
    expect(seen.filter((each) => new RegExp(`^GET /wp/v2/posts 00-${other}-[0-9a-f]{16}-01$`).test(each))).toHaveLength(
      1,
    );
    expect(seen.join()).not.toContain('00f067aa0ba902b7');
    await traced(one, { tool: 'no.tool', args: {} });
    const line = paired.log.find((each) => each.includes('tool_unknown'));
    expect(JSON.parse(line ?? '{}')).toMatchObject({ traceId: one, parentId: '00f067aa0ba902b7' });
  });
});

function watchTraces({ path }: Pick<PairedSite['site'], 'path'>): void {
  const plugin = `<?php
    add_filter( 'rest_pre_dispatch', function ( $result, $server, $request ) {
      global $wpdb;
      $line = $request->get_method() . ' ' . $request->get_route() . ' ' . $request->get_header( 'traceparent' );
      $seen = maybe_unserialize( $wpdb->get_var( "SELECT option_value FROM $wpdb->options WHERE option_name = 'seen_traces'" ) );
      update_option( 'seen_traces', array_merge( is_array( $seen ) ? $seen : array(), array( $line ) ) );
      return $result;
    }, 10, 3 );`;
  writeFileSync(join(path, 'wp-content', 'mu-plugins', 'traces.php'), plugin);
}
