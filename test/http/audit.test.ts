import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { verifyText } from '../support/offline-verifier.js';
import { pairedSite, type PairedSite } from '../support/paired-site.js';
import { expectProblem } from './problem.js';

let paired: PairedSite;
beforeAll(async () => {
  paired = await pairedSite();
  await paired.execute({ tool: 'site.info' });
}, 90_000);
afterAll(() => paired.stop());

const checkpoint = () => paired.send({ method: 'POST', path: '/v1/audit/checkpoints', user: paired.site.users.editor });

describe('the log over HTTP', () => {
  it('hands out a checkpoint, the same one again while the log does not grow, and lists it with its key', async () => {
    const made = await checkpoint();
    expect(made.status).toBe(201);
    expect((await checkpoint()).body).toEqual(made.body);
    const listed = await paired.get('/v1/audit/checkpoints');
    expect(listed.body).toEqual({
      items: [made.body],
      nextCursor: null,
      keys: [expect.objectContaining({ algorithm: 'ed25519', retiredAt: null })],
    });
  });

  it('streams an export that verifies by itself, and only that', async () => {
    await checkpoint();
    await paired.execute({ tool: 'site.info' });
    const kept = (await checkpoint()).body.note as string;
    const { keys } = (await paired.get('/v1/audit/checkpoints')).body;
    const answer = await paired.get('/v1/audit/export');
    expect(answer.status).toBe(200);
    expect(answer.headers['content-type']).toMatch(/^application\/jsonl/);
    expect(answer.headers['cache-control']).toBe('no-store');
    const trusted = { keys: [keys[0].verifierKey as string], kept: [kept] };
    const whole = await paired.get('/v1/audit/verify');
    expect(await verifyText(answer.text, trusted)).toMatchObject({ ok: true, entries: whole.body.entries, notes: [] });
    const tampered = answer.text.replace('site.info', 'site.infO');
    expect(await verifyText(tampered, trusted)).toMatchObject({ ok: false });
  });

  it('says what those in it are called now, in lists, in searches and alone; the export has ids alone', async () => {
    const [first] = (await paired.get('/v1/audit?kind=call.intent&limit=1')).body.items;
    const named = {
      agentName: (await paired.get(`/v1/agents/${paired.agent.id}`)).body.name,
      login: paired.agent.login,
    };
    expect(first).toMatchObject({ agentId: paired.agent.id, userId: paired.agent.userId, ...named });
    expect((await paired.get(`/v1/audit/${first.id}`)).body).toEqual(first);
    expect((await paired.get('/v1/audit?kind=call.intent&q=site.info&limit=1')).body.items).toEqual([first]);
    const [byOperator] = (await paired.get('/v1/audit?kind=agent&limit=1')).body.items;
    expect(byOperator).toMatchObject({ agentId: null, agentName: null, userId: null, login: null });
    const { editor } = paired.site.users;
    expect((await paired.get(`/v1/audit/${first.id}`, editor)).body).toEqual({ ...first, login: null });
    const { text } = await paired.get('/v1/audit/export?kind=call.intent');
    expect(text).not.toContain(paired.agent.login);
    await paired.db('wp_users').where({ ID: paired.agent.userId }).update({ user_login: 'renamed' });
    expect((await paired.get(`/v1/audit/${first.id}`)).body.login).toBe('renamed');
    expect((await paired.get(`/v1/agents/${paired.agent.id}`)).body.login).toBe('renamed');
    await paired.db('wp_users').where({ ID: paired.agent.userId }).update({ user_login: paired.agent.login });
  });

  it('verifies while the caller asks how far it is', async () => {
    const far = await paired.get('/v1/audit/verify?wait=0');
    expect([200, 202]).toContain(far.status);
    const run = (far.body.run as string | undefined) ?? '0'.repeat(24);
    const end = await paired.get(`/v1/audit/verify?wait=20&run=${run}`);
    expect(end).toMatchObject({ status: 200, body: { ok: true } });
    expect((await paired.get('/v1/audit/verify?wait=21')).body.code).toBe('request_malformed');
  });

  it('exports by filter, from a cursor, up to a limit', async () => {
    const linesOf = async (query: string) =>
      (await paired.get(`/v1/audit/export?${query}`)).text
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as { id?: number; kind?: string; end?: boolean; nextCursor?: string });
    expect(
      (await linesOf('kind=call.intent')).filter(({ kind }) => kind !== undefined).map(({ kind }) => kind),
    ).toEqual(['call.intent', 'call.intent']);
    const lines = await linesOf('cursor=2&limit=2');
    expect(lines.flatMap(({ id }) => id ?? [])).toEqual([3, 4]);
    expect(lines.at(-1)).toMatchObject({ end: true, nextCursor: '4' });
    for (const query of ['limit=0', 'cursor=x', 'page=2', 'verdict=maybe']) {
      const answer = await paired.get(`/v1/audit/export?${query}`);
      expect(answer.body?.code).toBe('request_malformed');
      expectProblem(answer);
    }
  });
});
