import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parseKeyId, Secret, type SigningKey } from '../../src/client/index.js';
import type { KeyId } from '../../src/kernel/ids.js';
import { basic } from '../support/http-request.js';
import { overTheBridge } from '../support/over-the-bridge.js';
import { pairedSite, type PairedSite } from '../support/paired-site.js';
import { expectProblem } from './problem.js';

let paired: PairedSite;
let bridge: ReturnType<typeof overTheBridge>;
let made = 0;
beforeAll(async () => {
  paired = await pairedSite();
  bridge = overTheBridge(paired.site);
}, 120_000);
afterAll(() => paired.stop());

const signingKey = (id: string, secret: string): SigningKey => {
  const bytes: Uint8Array = Buffer.from(secret, 'base64');
  return { id: parseKeyId(id) as KeyId, algorithm: 'hmac-sha256', secret: new Secret(bytes) };
};

/** An agent made as an admin makes it, with what it signs with. */
async function newAgent(more: object = {}): Promise<{
  id: string;
  userId: number;
  login: string;
  keyId: string;
  key: SigningKey;
  answer: { account: { applicationPassword: string | null } };
}> {
  made += 1;
  const login = `bot-${made}`;
  const { status, body } = await bridge('POST', '/agents', { name: `Bot ${made}`, login, ...more });
  expect(status).toBe(201);
  return {
    id: body.id,
    userId: body.userId,
    login,
    keyId: body.key.id,
    key: signingKey(body.key.id, body.key.secret),
    answer: body,
  };
}

const info = (key: SigningKey) => paired.execute({ tool: 'site.info' }, { key });
const newest = async (kind: string, agentId: string) => {
  const { body } = await paired.get(`/v1/audit?kind=${kind}&agentId=${agentId}&limit=1`);
  return (body.items as readonly Record<string, unknown>[])[0];
};

describe('an agent', () => {
  it('gets an application password of its own when asked, and none otherwise', async () => {
    const [asked, unasked] = [
      await newAgent({ applicationPassword: true }),
      await newAgent({ applicationPassword: false }),
    ];
    expect(asked.answer.account.applicationPassword).toMatch(/^\w{24}$/);
    expect(unasked.answer.account.applicationPassword).toBeNull();
    const count = 'return count( WP_Application_Passwords::get_user_application_passwords( $args ) );';
    expect(await paired.site.php(count, asked.userId)).toBe(1);
    expect(await paired.site.php(count, unasked.userId)).toBe(0);
    const user = { login: asked.login, applicationPassword: asked.answer.account.applicationPassword ?? '' };
    expect((await paired.execute({ tool: 'site.info' }, { key: asked.key, user })).status).toBe(200);
  });

  it('may never call what is not in its list, whatever the policy says', async () => {
    const agent = await newAgent({ tools: ['site.*', 'posts.list'] });
    expect((await info(agent.key)).status).toBe(200);
    const refused = await paired.execute({ tool: 'posts.create', args: { title: 'x' } }, { key: agent.key });
    expectProblem(refused);
    expect(refused.body).toMatchObject({
      code: 'policy_tool_denied',
      unlock: { administrator: 'ai_agent_manage_agents' },
    });
    expect(await newest('call', agent.id)).toMatchObject({
      kind: 'call.decision',
      code: 'policy_tool_denied',
      tool: 'posts.create',
    });
    const { body } = await paired.send({ path: '/v1/tools', key: agent.key });
    expect((body.items as { name: string }[]).map(({ name }) => name)).toEqual(
      expect.arrayContaining(['site.info', 'posts.list']),
    );
    expect(body.items).toHaveLength(2);
    await bridge('PATCH', `/agents/${agent.id}`, { tools: null });
    expect((await paired.execute({ tool: 'posts.create', args: { title: 'x' } }, { key: agent.key })).status).toBe(200);
  });

  it('acts from its addresses alone, and whoever tries elsewhere is written down', async () => {
    const agent = await newAgent({ allowedIps: ['192.0.2.0/24', '2001:db8::/32'], applicationPassword: true });
    const refused = await info(agent.key);
    expectProblem(refused);
    expect(refused.body.code).toBe('address_refused');
    expect(await newest('auth', agent.id)).toMatchObject({ kind: 'auth.refused', code: 'address_refused' });
    const user = { login: agent.login, applicationPassword: agent.answer.account.applicationPassword ?? '' };
    expect((await paired.send({ path: '/v1/tools', user })).body.code).toBe('address_refused');
    expect((await bridge('PATCH', `/agents/${agent.id}`, { allowedIps: ['127.0.0.0/8', '::1'] })).status).toBe(200);
    expect((await info(agent.key)).status).toBe(200);
  });

  it('ends with its time', async () => {
    const agent = await newAgent({ expiresAt: '2999-01-01T00:00:00Z' });
    expect((await info(agent.key)).status).toBe(200);
    await paired
      .db('wp_ai_agent_agents')
      .where({ id: agent.id })
      .update({ expires_at: new Date(Date.now() - 1) });
    const refused = await info(agent.key);
    expectProblem(refused);
    expect(refused.body.code).toBe('agent_expired');
    expect((await bridge('PATCH', `/agents/${agent.id}`, { expiresAt: null })).body.expiresAt).toBeNull();
    expect((await info(agent.key)).status).toBe(200);
  });

  it.each<[object, string]>([
    [{ tools: ['posts create'] }, 'args_invalid'],
    [{ tools: 'posts.*' }, 'request_malformed'],
    [{ allowedIps: ['10.0.0.1/8'] }, 'args_invalid'],
    [{ allowedIps: [] }, 'args_invalid'],
    [{ expiresAt: 'tomorrow' }, 'request_malformed'],
    [{ expiresAt: '2001-01-01T00:00:00Z' }, 'args_invalid'],
    [{ userId: 1, applicationPassword: true }, 'request_malformed'],
    [{ key: { algorithm: 'ed25519' } }, 'request_malformed'],
    [{ key: { publicKey: 'AAAA' } }, 'request_malformed'],
    [{ key: { allowedIps: ['nowhere'] } }, 'args_invalid'],
    [{ key: { algorithm: 'ed25519', publicKey: Buffer.alloc(31).toString('base64') } }, 'args_invalid'],
  ])('is not made with %j, nor is its account', async (more, code) => {
    const { login, ...rest } = { login: 'never-made', ...more };
    const answer = await bridge('POST', '/agents', { name: 'x', ...('userId' in more ? {} : { login }), ...rest });
    expect(answer.body.code).toBe(code);
    expect(await paired.site.php('return username_exists( $args );', 'never-made')).toBe(false);
  });

  it('is listed in pages', async () => {
    for (let count = 0; count < 3; count += 1) await newAgent({ applicationPassword: false });
    const ids: string[] = [];
    let cursor: string | null = null;
    do {
      const { body } = await paired.get(`/v1/agents?limit=2${cursor === null ? '' : `&cursor=${cursor}`}`);
      expect(body.items.length).toBeLessThanOrEqual(2);
      ids.push(...(body.items as { id: string }[]).map(({ id }) => id));
      cursor = body.nextCursor;
    } while (cursor !== null);
    const [{ many }] = (await paired.db('wp_ai_agent_agents').count({ many: '*' })) as [{ many: number }];
    expect(new Set(ids).size).toBe(many);
    expect(ids).toHaveLength(many);
    expect((await paired.get('/v1/agents?cursor=agt_x')).body.code).toBe('request_malformed');
  });
});

describe('a pending key', () => {
  it('can be tried, signs nothing else, and replaces the old one once it is activated', async () => {
    const agent = await newAgent();
    const keys = `/agents/${agent.id}/keys`;
    const rotated = await bridge('POST', `${keys}/${agent.keyId}/rotate`, { state: 'pending' });
    expect(rotated).toMatchObject({
      status: 201,
      body: { state: 'pending', replaces: agent.keyId, oldKeyValidUntil: null },
    });
    const pending = signingKey(rotated.body.id, rotated.body.secret);
    const check = (key: SigningKey) => paired.send({ method: 'POST', path: '/v1/keys/check', key });
    expect(await check(pending)).toMatchObject({
      status: 200,
      body: { ok: true, agentId: agent.id, key: { id: pending.id, state: 'pending' } },
    });
    for (const attempt of [
      await info(pending),
      await paired.send({ path: '/v1/tools', key: pending }),
      await paired.send({ path: '/v1/agents', key: pending }),
    ]) {
      expectProblem(attempt);
      expect(attempt.body.code).toBe('signature_invalid');
    }
    expect((await bridge('POST', `${keys}/${agent.keyId}/rotate`, {})).body.code).toBe('key_rotation_running');
    expect(await bridge('POST', `${keys}/${pending.id}/activate`, { overlap: 3_600 })).toMatchObject({
      status: 200,
      body: { state: 'active' },
    });
    expect([(await info(pending)).status, (await info(agent.key)).status]).toEqual([200, 200]);
    await paired.sidecar.noteKeyUses();
    const { body } = await paired.get(`/v1${keys}`);
    expect(body.items).toMatchObject([
      { id: agent.keyId, state: 'retiring', retiringUses: 1 },
      { id: pending.id, state: 'active', retiringUses: 0 },
    ]);
    expect(body.items[1].lastUsedAt).not.toBeNull();
    expect(JSON.stringify(body)).not.toContain(rotated.body.secret);
    await bridge('POST', `${keys}/${pending.id}/revoke`);
    expect((await check(pending)).body.code).toBe('signature_invalid');
  });

  it('of Ed25519 is brought by its public half alone', async () => {
    const pair = (): { publicKey: string; privateKey: KeyObject } => {
      const { publicKey, privateKey } = generateKeyPairSync('ed25519');
      return {
        publicKey: publicKey.export({ type: 'spki', format: 'der' }).subarray(-32).toString('base64'),
        privateKey,
      };
    };
    const { publicKey, privateKey } = pair();
    made += 1;
    const body = { name: 'Ed', login: `bot-${made}`, key: { algorithm: 'ed25519', publicKey } };
    const { body: agent } = await bridge('POST', '/agents', body);
    expect(agent.key).toMatchObject({ algorithm: 'ed25519', secret: null });
    const first: SigningKey = { id: parseKeyId(agent.key.id) as KeyId, algorithm: 'ed25519', privateKey };
    expect((await info(first)).status).toBe(200);
    const next = pair();
    const rotate = { overlap: 0, publicKey: next.publicKey };
    const { body: rotated } = await bridge('POST', `/agents/${agent.id}/keys/${first.id}/rotate`, rotate);
    const second: SigningKey = {
      id: parseKeyId(rotated.id) as KeyId,
      algorithm: 'ed25519',
      privateKey: next.privateKey,
    };
    expect([(await info(first)).body.code, (await info(second)).status]).toEqual(['signature_invalid', 200]);
  });

  it('is for the agent that holds it: a password alone tries nothing', async () => {
    const answer = await paired.send({ method: 'POST', path: '/v1/keys/check', user: paired.site.users.admin });
    expect(answer.body.code).toBe('signature_missing');
  });
});

describe('keys and secrets', () => {
  it.each([
    ['POST', '/v1/agents', { name: 'x' }],
    ['POST', '/v1/agents/agt_00000000000000000000/keys', {}],
    ['POST', '/v1/agents/agt_00000000000000000000/keys/key_a/rotate', {}],
    ['POST', '/v1/agents/agt_00000000000000000000/keys/key_a/activate', {}],
    ['POST', '/v1/agents/agt_00000000000000000000/keys/key_a/revoke', {}],
    ['POST', '/v1/agents/agt_00000000000000000000/password', {}],
    ['POST', '/v1/secrets/bridge_key_to_sidecar/rotate', {}],
  ])('are not changed by a password alone: %s %s', async (method, path, body) => {
    const answer = await paired.send({ method, path, body, user: paired.site.users.admin });
    expect(answer.body.code).toBe('signature_missing');
    expect((await paired.send({ method, path, body, key: paired.agent.key })).status).toBeGreaterThanOrEqual(401);
  });

  it('are rotated over the bridge by who may manage secrets, and shown to nobody', async () => {
    const { site } = paired;
    expect((await bridge('GET', '/secrets', undefined, site.users.editor)).body.code).toBe('capability_missing');
    expect((await paired.get('/v1/secrets', site.users.editor)).body.code).toBe('capability_missing');
    for (const name of ['bridge_key_to_sidecar', 'bridge_key_to_wordpress']) {
      const { status, body } = await bridge('POST', `/secrets/${name}/rotate`, {});
      expect([status, body.secret, body.name]).toEqual([201, null, name]);
      expect((await bridge('POST', `/secrets/${name}/rotate`, {})).body.code).toBe('key_rotation_running');
      const { body: list } = await bridge('GET', '/secrets');
      const shown = (list.items as { name: string; keys: unknown[] }[]).find((each) => each.name === name);
      expect(shown).toMatchObject({ version: 2, fingerprint: body.fingerprint, rotatable: true });
      expect(shown?.keys).toHaveLength(2);
      expect((await info(paired.agent.key)).status).toBe(200);
    }
    for (const name of ['kek_canary', 'nothing']) {
      expect((await bridge('POST', `/secrets/${name}/rotate`, {})).body.code).toBe('not_found');
    }
    const { body: log } = await paired.get('/v1/audit?kind=secret.rotated&limit=1');
    expect(log.items[0]).toMatchObject({ userId: site.users.admin.id, detail: { name: 'bridge_key_to_wordpress' } });
  });
});

describe('an application password of an agent', () => {
  it('is made anew by WordPress, and the others end when asked', async () => {
    const agent = await newAgent({ applicationPassword: true });
    const old = { login: agent.login, applicationPassword: agent.answer.account.applicationPassword ?? '' };
    const status = async (user: typeof old) =>
      (await paired.execute({ tool: 'site.info' }, { key: agent.key, user })).status;
    const beside = await bridge('POST', `/agents/${agent.id}/password`, {});
    expect(beside.status).toBe(201);
    const second = { ...old, applicationPassword: beside.body.applicationPassword };
    expect([await status(old), await status(second)]).toEqual([200, 200]);
    const only = await bridge('POST', `/agents/${agent.id}/password`, { revokeOthers: true });
    const third = { ...old, applicationPassword: only.body.applicationPassword };
    expect([await status(old), await status(second), await status(third)]).toEqual([401, 401, 200]);
    expect(await newest('secret', agent.id)).toBeUndefined();
    const { body } = await paired.get('/v1/audit?kind=secret.created&limit=1');
    expect(body.items[0].detail).toMatchObject({ name: 'application_password', agentId: agent.id, revokeOthers: true });
  });
});

describe('direct use of WordPress', () => {
  const direct = (user: { login: string; applicationPassword: string }) =>
    fetch(`${paired.site.url}/wp-json/wp/v2/users/me`, { headers: { authorization: basic(user) } });

  it('is refused, and what was refused is in the log, once a minute however often', async () => {
    const agent = await newAgent({ applicationPassword: true });
    const user = { login: agent.login, applicationPassword: agent.answer.account.applicationPassword ?? '' };
    for (let count = 0; count < 7; count += 1) expect((await direct(user)).status).toBe(403);
    expect(await paired.sidecar.writeRefusedUses()).toBe(1);
    expect(await newest('auth', agent.id)).toMatchObject({
      kind: 'auth.refused',
      code: 'ai_agent_direct_use_refused',
      userId: agent.userId,
      detail: { via: 'rest', uses: 7 },
    });
    await direct(user);
    expect(await paired.sidecar.writeRefusedUses()).toBe(0);
    const table = paired.db('wp_ai_agent_refused_direct_uses');
    await table.where({ user_id: agent.userId }).update({ reported_at: new Date(Date.now() - 60_000) });
    expect(await paired.sidecar.writeRefusedUses()).toBe(1);
    expect(await newest('auth', agent.id)).toMatchObject({ detail: { uses: 1 } });
  });

  it('is let by who lifts it, while the agent is neither suspended nor past its time', async () => {
    const agent = await newAgent({ applicationPassword: true });
    const user = { login: agent.login, applicationPassword: agent.answer.account.applicationPassword ?? '' };
    const change = (changes: object) => bridge('PATCH', `/agents/${agent.id}`, changes);
    await change({ directUse: true });
    expect((await direct(user)).status).toBe(200);
    await change({ state: 'suspended' });
    expect((await direct(user)).status).toBe(403);
    await change({ state: 'active' });
    expect((await direct(user)).status).toBe(200);
    await paired
      .db('wp_ai_agent_agents')
      .where({ id: agent.id })
      .update({ expires_at: new Date(Date.now() - 1_000) });
    expect((await direct(user)).status).toBe(403);
  });
});
