import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { overTheBridge } from '../../support/over-the-bridge.js';
import { pairedSite, type PairedSite } from '../../support/paired-site.js';
import { aReceiver, verified, type TestReceiver } from './receiver.js';
import { sendTo } from './webhook-sender.js';

let paired: PairedSite;
let receiver: TestReceiver;
/** By way of the site's own REST API, as the screens do it. */
let onSite: ReturnType<typeof overTheBridge>;
beforeAll(async () => {
  paired = await pairedSite({ sidecarEnv: { CHAPERONE_WEBHOOK_NETWORKS: '127.0.0.1' } });
  receiver = await aReceiver();
  onSite = overTheBridge(paired.site);
}, 90_000);
afterAll(async () => {
  await receiver.close();
  await paired.stop();
});

const source = () => ({
  name: 'shop',
  agentId: paired.agent.id,
  tool: 'posts.create',
  args: { title: { from: '/title' }, status: { value: 'draft' } },
  description: 'The shop',
});

describe('webhook sources over HTTP', () => {
  it('are made, read, changed, rotated and ended by admins on their site; the secret is shown once', async () => {
    const made = await onSite('POST', '/webhook-sources', source());
    expect(made.status).toBe(201);
    const { secret, ...shown } = made.body;
    expect(secret).toMatch(/^whsec_/);
    expect(shown).toMatchObject({ name: 'shop', state: 'active', path: '/v1/webhooks/shop', args: source().args });
    expect(
      (await sendTo(paired, { name: 'shop' as never, secret }, { id: 'm1', payload: { title: 'x' } })).status,
    ).toBe(200);

    const read = await onSite('GET', '/webhook-sources/shop');
    expect(read.body).toMatchObject({ ...shown, secrets: [{ state: 'active', notAfter: null }] });
    expect(JSON.stringify([read.body, (await onSite('GET', '/webhook-sources')).body])).not.toContain('whsec_');

    const changed = await onSite('PATCH', '/webhook-sources/shop', { state: 'paused', description: '' });
    expect(changed.body).toMatchObject({ state: 'paused', description: '', tool: 'posts.create' });
    const given = `whsec_${Buffer.alloc(32, 9).toString('base64')}`;
    const rotated = await onSite('POST', '/webhook-sources/shop/rotate', { overlap: 0, secret: given });
    expect(rotated).toMatchObject({ status: 201, body: { secret: given } });
    await onSite('PATCH', '/webhook-sources/shop', { state: 'active' });
    const send = (with_: string, id: string) =>
      sendTo(paired, { name: 'shop' as never, secret: with_ }, { id, payload: { title: 'x' } });
    expect((await send(secret, 'm2')).body.code).toBe('signature_invalid');
    expect((await send(given, 'm3')).status).toBe(200);

    expect((await onSite('DELETE', '/webhook-sources/shop')).body).toEqual({ name: 'shop', deleted: true });
    expect((await onSite('GET', '/webhook-sources/shop')).status).toBe(404);
    expect((await send(given, 'm4')).body.code).toBe('signature_invalid');
    const log = (await paired.get('/v1/audit?limit=50')).text;
    for (const word of ['"change":"created"', '"change":"changed"', '"change":"deleted"', 'secret.rotated'])
      expect(log).toContain(word);
    expect(log).not.toContain('whsec_');
  });

  it.each([
    ['a name that is none', { name: 'Shop!' }, 'request_malformed'],
    ['a tool that nobody knows', { tool: 'posts.explode' }, 'tool_unknown'],
    ['an agent that is not there', { agentId: 'agt_zzzzzzzzzzzzzzzzzzzz' }, 'args_invalid'],
    ['a pointer that is none', { args: { title: { from: 'title' } } }, 'args_invalid'],
    ['an argument from two places', { args: { title: { from: '/title', value: 1 } } }, 'request_malformed'],
    ['a weak secret', { secret: 'whsec_c2hvcnQ=' }, 'request_malformed'],
    ['a member that nobody knows', { force: true }, 'request_malformed'],
  ])('are refused with %s', async (_name, changes, code) => {
    const answer = await onSite('POST', '/webhook-sources', { ...source(), ...changes });
    expect(answer.body.code).toBe(code);
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.status).toBeLessThan(500);
  });

  it('are taken once', async () => {
    expect((await onSite('POST', '/webhook-sources', { ...source(), name: 'twice' })).status).toBe(201);
    expect((await onSite('POST', '/webhook-sources', { ...source(), name: 'twice' })).body.code).toBe('args_invalid');
  });
});

describe('webhook endpoints over HTTP', () => {
  it('are made, tested, changed and ended; deliveries can be looked through and repeated', async () => {
    const made = await onSite('POST', '/webhook-endpoints', { url: receiver.url, events: ['call.denied'] });
    expect(made.status).toBe(201);
    const { id, secret } = made.body;
    const path = `/webhook-endpoints/${String(id)}`;

    const tested = await onSite('POST', `${path}/test`);
    expect(tested.body).toMatchObject({ event: 'webhook.test', status: 'delivered', attempts: 1, lastStatus: 204 });
    const [first] = receiver.received;
    if (first === undefined) throw new Error('nothing came');
    expect(verified(first, secret)).toMatchObject({ type: 'webhook.test', data: {} });
    receiver.status = 500;
    expect((await onSite('POST', `${path}/test`)).body).toMatchObject({ status: 'dead', lastStatus: 500 });
    receiver.status = 204;
    expect((await onSite('GET', path)).body).toMatchObject({ state: 'active', failingSince: null, secrets: [{}] });

    for (let count = 0; count < 3; count += 1) await paired.execute({ tool: 'posts.get', args: { id: 987_654 } });
    const page = await onSite('GET', `/webhook-deliveries?endpoint=${String(id)}&status=pending&limit=2`);
    expect(page.body.items).toHaveLength(2);
    const rest = await onSite(
      'GET',
      `/webhook-deliveries?status=pending&limit=2&cursor=${String(page.body.nextCursor)}`,
    );
    expect(rest.body).toMatchObject({ items: [{ event: 'call.denied' }], nextCursor: null });
    await paired.sidecar.deliverNotices();
    const [last] = (await onSite('GET', '/webhook-deliveries?status=delivered&limit=1')).body.items;
    expect((await onSite('POST', `/webhook-deliveries/${String(last.id)}/redeliver`)).body).toMatchObject({
      messageId: last.messageId,
      status: 'pending',
    });

    const disabled = await onSite('PATCH', path, { state: 'disabled', events: null });
    expect(disabled.body).toMatchObject({ state: 'disabled', events: null });
    const rotated = await onSite('POST', `${path}/rotate`, {});
    expect(rotated.body).toMatchObject({ secret: expect.stringMatching(/^whsec_/) });
    expect((await onSite('POST', `${path}/rotate`, {})).body.code).toBe('key_rotation_running');
    expect((await onSite('DELETE', path)).body).toEqual({ id, deleted: true });
    expect((await onSite('GET', '/webhook-deliveries')).body.items).toEqual([]);
    expect((await onSite('POST', `${path}/test`)).body.code).toBe('not_found');
  });

  it.each([
    'http://192.168.0.1/',
    'https://169.254.169.254/latest/meta-data/',
    'https://[::1]/',
    'https://127.0.0.2/',
    'http://8.8.8.8/',
    'https://user:word@127.0.0.1/',
    'https://surely-nobody.invalid/',
    'ftp://127.0.0.1/',
    'javascript:alert(1)',
    'nonsense',
  ])('that lead to %s are refused', async (url) => {
    const answer = await onSite('POST', '/webhook-endpoints', { url });
    expect(answer).toMatchObject({ status: 422, body: { code: 'args_invalid' } });
  });
});

describe('who may', () => {
  it('editors and agents may not', async () => {
    for (const path of ['/webhook-sources', '/webhook-endpoints', '/webhook-deliveries']) {
      expect((await onSite('GET', path, undefined, paired.site.users.editor)).body.code).toBe('capability_missing');
      const agent = { path: `/v1${path}`, key: paired.agent.key };
      expect((await paired.send(agent)).body.code).toBe('capability_missing');
    }
  });

  it('what makes a secret comes from the bridge alone', async () => {
    const { admin } = paired.site.users;
    const endpoint = { method: 'POST', path: '/v1/webhook-endpoints', body: { url: receiver.url } };
    expect((await paired.send({ ...endpoint, user: admin })).body.code).toBe('signature_missing');
    const made = { method: 'POST', path: '/v1/webhook-sources', body: source(), user: admin };
    expect((await paired.send(made)).body.code).toBe('signature_missing');
  });

  it('and both capabilities are needed to make one', async () => {
    const half = await paired.site.createUser({ role: 'subscriber' });
    await paired.site.php('( new WP_User( $args ) )->add_cap( "ai_agent_manage_settings" );', half.id);
    const answer = await onSite('POST', '/webhook-endpoints', { url: receiver.url }, half);
    expect(answer.body).toMatchObject({
      code: 'capability_missing',
      unlock: { capability: 'ai_agent_manage_secrets' },
    });
    expect((await onSite('GET', '/webhook-endpoints', undefined, half)).status).toBe(200);
  });
});
