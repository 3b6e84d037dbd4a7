import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { headersOf, type TestAnswer } from '../../support/http-request.js';
import { pairedSite, type PairedSite, type TestSidecar } from '../../support/paired-site.js';

let paired: PairedSite;
let two: readonly TestSidecar[];
beforeAll(async () => {
  paired = await pairedSite({ workers: 8 });
  two = [paired, await paired.replica()];
}, 90_000);
afterAll(() => paired.stop());

const CREATE = { tool: 'posts.create', args: { title: 'one of two' } };
const at = (index: number): TestSidecar => two[index % two.length] ?? paired;
const execute = (index: number, idempotencyKey: string): Promise<TestAnswer> =>
  at(index).send({ method: 'POST', path: '/v1/execute', body: CREATE, key: paired.agent.key, idempotencyKey });
const drafts = async (): Promise<number> => Number(await paired.site.php('return (int) wp_count_posts()->draft;'));
/** The same bytes to one of the two. */
const resend = (index: number, headers: ReturnType<typeof headersOf>): Promise<TestAnswer> =>
  at(index).send({
    method: 'POST',
    path: '/v1/execute',
    body: { tool: 'site.info' },
    contentType: null,
    headers,
  });

describe('two sidecars on one database', () => {
  it('a request that one has taken is refused by the other', async () => {
    const headers = headersOf(paired.url, {
      method: 'POST',
      path: '/v1/execute',
      body: { tool: 'site.info' },
      key: paired.agent.key,
    });
    expect((await resend(0, headers)).status).toBe(200);
    expect((await resend(1, headers)).body.code).toBe('signature_replayed');
    expect((await resend(0, headers)).body.code).toBe('signature_replayed');
  });

  it('of one request sent to both ten times at once, one is taken', async () => {
    const headers = headersOf(paired.url, {
      method: 'POST',
      path: '/v1/execute',
      body: { tool: 'site.info' },
      key: paired.agent.key,
    });
    const answers = await Promise.all(Array.from({ length: 20 }, (_, index) => resend(index, headers)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(new Set(answers.map(({ body }) => body.code as unknown))).toEqual(
      new Set([undefined, 'signature_replayed']),
    );
  });

  it('an idempotency key runs once, whoever gets it, and everybody gets the first answer', async () => {
    const before = await drafts();
    const race = await Promise.all(Array.from({ length: 20 }, (_, index) => execute(index, 'race')));
    expect(await drafts()).toBe(before + 1);
    const codes = new Set(race.map(({ status, body }) => (status === 200 ? 200 : (body.code as unknown))));
    for (const code of codes) expect([200, 'idempotency_in_progress']).toContain(code);
    const [first, second] = [await execute(0, 'race'), await execute(1, 'race')];
    expect(first.status).toBe(200);
    expect(second.body).toEqual(first.body);
    expect([first.headers['idempotency-replayed'], second.headers['idempotency-replayed']]).toEqual(['true', 'true']);
    for (const { status, body } of race) if (status === 200) expect(body).toEqual(first.body);
    const { body } = await paired.get(`/v1/audit?callId=${first.body.callId}`);
    expect((body.items as { kind: string }[]).map(({ kind }) => kind)).toEqual([
      'call.outcome',
      'call.intent',
      'call.decision',
    ]);
  });

  it('a policy activated through one decides in the other with the next call', async () => {
    const { admin } = paired.site.users;
    const policy = async (effect: string) => {
      const document = {
        formatVersion: 1,
        name: 'x',
        timezone: 'site',
        mode: 'autonomous',
        tools: [{ id: 'all', effect }],
      };
      const [newest] = (await paired.get('/v1/policies?limit=1')).body.items as { version: number }[];
      const body = { document, note: '', baseVersion: newest?.version, activate: true };
      const saved = await at(1).send({ method: 'POST', path: '/v1/policies', body, user: admin });
      expect(saved.status).toBe(201);
      return saved.body.version as number;
    };
    const denying = await policy('deny');
    expect((await execute(0, 'a')).body).toMatchObject({
      code: 'policy_tool_denied',
      decision: { policyVersion: denying },
    });
    await policy('allow');
    expect((await execute(0, 'b')).status).toBe(200);
    const back = `/v1/policies/${denying}/activate`;
    expect((await at(1).send({ method: 'POST', path: back, body: { note: 'back' }, user: admin })).status).toBe(200);
    expect((await execute(0, 'c')).body.code).toBe('policy_tool_denied');
    await policy('allow');
  });

  it('calls of both, all at once, make one chain', async () => {
    const before = await drafts();
    const answers = await Promise.all(Array.from({ length: 30 }, (_, index) => execute(index, `chain ${index}`)));
    expect(answers.map(({ status }) => status)).toEqual(Array<number>(30).fill(200));
    expect(await drafts()).toBe(before + 30);
    expect((await paired.get('/v1/audit/verify')).body.ok).toBe(true);
  });
});
