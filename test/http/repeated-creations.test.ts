import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { canonicalJson } from '../../src/kernel/canonical-json.js';
import type { Json } from '../../src/kernel/json.js';
import type { TestAnswer } from '../support/http-request.js';
import { overTheBridge } from '../support/over-the-bridge.js';
import { pairedSite, type PairedSite } from '../support/paired-site.js';

let paired: PairedSite;
let onSite: ReturnType<typeof overTheBridge>;
let other: Awaited<ReturnType<PairedSite['replica']>>;
beforeAll(async () => {
  paired = await pairedSite({ workers: 4, sidecarEnv: { CHAPERONE_WEBHOOK_NETWORKS: '127.0.0.0/8' } });
  other = await paired.replica();
  onSite = overTheBridge(paired.site);
}, 90_000);
afterAll(() => paired.stop());

/** Over the bridge, since making keys and secrets is for people on the site. */
const post = (path: string, body: object, idempotencyKey?: string): Promise<TestAnswer> =>
  onSite(
    'POST',
    path,
    body,
    paired.site.users.admin,
    idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey },
  );
const kept = () => paired.db(`${paired.config.tablePrefix}ai_agent_kept_answers`);
const agents = async (): Promise<number> => ((await paired.get('/v1/agents?limit=100')).body.items as unknown[]).length;
const replayed = ({ headers }: TestAnswer): unknown => headers['idempotency-replayed'];

/** What is made, by routes whose answers are 201; `{id}` is the first agent's. */
const CREATIONS: readonly (readonly [string, () => object])[] = [
  ['/agents', () => ({ name: 'again', login: 'again', key: { algorithm: 'hmac-sha256' } })],
  ['/agents/{id}/keys', () => ({ algorithm: 'hmac-sha256' })],
  ['/webhook-endpoints', () => ({ url: 'http://127.0.0.1:9/x', events: ['call.denied'] })],
  ['/audit/checkpoints', () => ({})],
  [
    '/policies',
    () => ({
      document: { formatVersion: 1, name: 'Again', timezone: 'site', mode: 'autonomous' },
      note: '',
      baseVersion: 1,
    }),
  ],
];

describe('a request that makes something, sent again under its idempotency key', () => {
  it.each(CREATIONS)('%s makes one, and shows its secret once', async (path, body) => {
    const where = path.replace('{id}', paired.agent.id);
    const first = await post(where, body(), `key ${path}`);
    expect([path, first.status, first.body]).toMatchObject([path, 201, {}]);
    const again = await post(where, body(), `key ${path}`);
    expect([again.status, replayed(again), replayed(first)]).toEqual([201, 'true', undefined]);
    const secrets = [...first.text.matchAll(/"(?:secret|applicationPassword)":"([^"]+)"/g)].map(
      (found) => found[1] ?? '',
    );
    const blank = first.text.replace(/"(secret|applicationPassword)":"[^"]+"/g, '"$1":null');
    expect(canonicalJson(again.body as Json)).toBe(canonicalJson(JSON.parse(blank) as Json));
    const stored = JSON.stringify(await kept());
    for (const secret of secrets) expect(stored).not.toContain(secret);
  });

  it('runs once, however many come at the same time', async () => {
    const before = await agents();
    const body = { name: 'crowd', login: 'crowd', key: { algorithm: 'hmac-sha256' } };
    const answers = await Promise.all(Array.from({ length: 6 }, () => post('/agents', body, 'crowd')));
    const codes = answers.map((each) => (each.status === 201 ? 'made' : String(each.body.code)));
    expect(codes.filter((code) => code !== 'idempotency_in_progress').every((code) => code === 'made')).toBe(true);
    expect(answers.filter((each) => each.status === 201 && replayed(each) === undefined)).toHaveLength(1);
    expect(await agents()).toBe(before + 1);
  });

  it('is refused with other content; a refusal leaves the key free; keys are each user’s own and each route’s', async () => {
    const url = '/webhook-endpoints';
    const body = { url: 'http://127.0.0.1:9/y', events: ['call.denied'] };
    expect((await post(url, { url: 'nonsense' }, 'own')).status).toBe(422);
    const refused = await post(`/agents/agt_00000000000000000000/keys`, { algorithm: 'hmac-sha256' }, 'free');
    expect(refused.status).toBe(404);
    expect((await kept().where({ status: null })).length).toBe(0);
    expect((await post(url, body, 'own')).status).toBe(201);
    expect((await post(url, { ...body, url: 'http://127.0.0.1:9/z' }, 'own')).body.code).toBe('idempotency_key_reused');
    expect((await post('/audit/checkpoints', {}, 'own')).status).toBe(201);
    expect(replayed(await post(url, body))).toBeUndefined();
  });

  it('whose first request was cut off is never carried out again', async () => {
    const body = { url: 'http://127.0.0.1:9/cut', events: ['call.denied'] };
    const path = '/webhook-endpoints';
    expect((await post(path, body, 'cut')).status).toBe(201);
    const cut = (await kept().orderBy('created_at', 'desc').first()) as { id: string };
    await kept().where({ id: cut.id }).update({ status: null, body: null });
    expect((await post(path, body, 'cut')).body.code).toBe('idempotency_in_progress');
    await kept()
      .where({ id: cut.id })
      .update({ created_at: new Date(Date.now() - 130_000) });
    expect((await post(path, body, 'cut')).body).toMatchObject({ code: 'outcome_unknown', status: 504 });
    await kept()
      .where({ id: cut.id })
      .update({ created_at: new Date(Date.now() - 90_000_000) });
    expect(await paired.sidecar.purgeAnswers()).toBe(1);
    expect((await post(path, body, 'cut')).status).toBe(201);
  });

  it('counts for all replicas', async () => {
    const { version } = (await paired.get('/v1/policies/active')).body as { version: number };
    const document = { formatVersion: 1, name: 'Replicas', timezone: 'site', mode: 'autonomous' };
    const save = { method: 'POST', path: '/v1/policies', body: { document, note: '', baseVersion: version + 1 } };
    const request = { ...save, user: paired.site.users.admin, idempotencyKey: 'replicas' };
    const first = await paired.send(request);
    const again = await other.send(request);
    expect([first.status, again.status, replayed(again)]).toEqual([201, 201, 'true']);
    expect(again.body).toEqual(first.body);
  });
});
