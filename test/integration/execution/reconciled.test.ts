import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readConfig } from '../../../src/config.js';
import { cuttingRelay, type CuttingRelay } from '../../../dev/cutting-relay.js';
import { addMischief } from '../../support/mischief.js';
import { pairedSite, startSidecar, type PairedSite, type TestSidecar } from '../../support/paired-site.js';

/** In the request that carries a call out, and in no other. */
const RUNS = 'AI-Agent-Call';
const UNKNOWN = [504, { code: 'outcome_unknown' }];

describe('what became of calls whose outcome nobody was told', () => {
  let paired: PairedSite;
  let relay: CuttingRelay;
  let sidecar: TestSidecar;
  beforeAll(async () => {
    paired = await pairedSite();
    addMischief(paired.site);
    relay = await cuttingRelay(new URL(paired.site.url));
    const config = readConfig({ ...paired.environment, CHAPERONE_WORDPRESS_URL: relay.url });
    sidecar = await startSidecar(config, 0, undefined, paired.url);
  }, 90_000);
  afterAll(async () => {
    await sidecar.close();
    await relay.close();
    await paired.stop();
  });

  const create = (title: string) => {
    const body = { tool: 'posts.create', args: { title } };
    return sidecar.send({ method: 'POST', path: '/v1/execute', body, key: paired.agent.key });
  };
  /** As the sweep does it so many minutes after the outcome. */
  const reconcile = async (minutes: number): Promise<number> => {
    const before = new Date(Date.now() - minutes * 60_000);
    await paired.db('wp_ai_agent_calls').where({ state: 'unknown', read_back: null }).update({ updated_at: before });
    return paired.sidecar.reconcileCalls();
  };
  const seen = async (callId: unknown) =>
    (await paired.send({ path: `/v1/calls/${String(callId)}`, key: paired.agent.key })).body as Record<string, unknown>;
  const posts = async (title: string): Promise<number[]> =>
    (await paired.db('wp_posts').where({ post_title: title, post_type: 'post' }).pluck('ID')) as number[];

  it('done: the answer was lost on the way back', async () => {
    relay.loseAnswerTo(RUNS);
    const answer = await create('Lost answer');
    expect([answer.status, answer.body]).toMatchObject(UNKNOWN);
    expect(await seen(answer.body.callId)).toMatchObject({ state: 'unknown', readBack: null });
    expect(await reconcile(0)).toBe(0);
    expect(await reconcile(1)).toBe(1);
    const [entityId] = await posts('Lost answer');
    const found = { result: 'done', detail: 'WordPress carried it out and answered 201.', entityId };
    expect(await seen(answer.body.callId)).toMatchObject({ state: 'unknown', readBack: found });
    const { body } = await paired.get(`/v1/audit?callId=${String(answer.body.callId)}&kind=call.reconciled`);
    expect(body.items).toMatchObject([{ tool: 'posts.create', userId: paired.agent.userId, detail: found }]);
    expect(await reconcile(9)).toBe(0);
  });

  it('not done: it was lost on the way, and can’t arrive any more', async () => {
    relay.dropNext(RUNS);
    const answer = await create('Lost call');
    expect([answer.status, answer.body]).toMatchObject(UNKNOWN);
    expect(await reconcile(1)).toBe(1);
    expect(await seen(answer.body.callId)).toMatchObject({ readBack: { result: 'not_done' } });
    expect(await posts('Lost call')).toEqual([]);
    // The bridge refuses a call that doesn't run any more (test/integration/bridge/authentication.test.ts).
    const row = paired.db('wp_ai_agent_calls').where({ id: answer.body.callId });
    expect(await row.select('state', 'arrival')).toEqual([{ state: 'unknown', arrival: 'awaited' }]);
  });

  it('unclear: WordPress died over it, and everybody waits until it can’t be working any more', async () => {
    const answer = await create('Died [cut]');
    expect([answer.status, answer.body]).toMatchObject(UNKNOWN);
    expect(await reconcile(2)).toBe(0);
    expect(await reconcile(4)).toBe(1);
    expect(await seen(answer.body.callId)).toMatchObject({ readBack: { result: 'unclear' } });
  });

  it('a custom field of the wrong type is refused once the post is there', async () => {
    const body = { tool: 'posts.create', args: { title: 'Rated', meta: { rating: 'five' } } };
    const answer = await sidecar.send({ method: 'POST', path: '/v1/execute', body, key: paired.agent.key });
    expect([answer.status, answer.body]).toMatchObject(UNKNOWN);
    expect(await posts('Rated')).toHaveLength(1);
    expect(await reconcile(4)).toBe(1);
    expect(await seen(answer.body.callId)).toMatchObject({
      readBack: { result: 'unclear', detail: expect.stringContaining('rest_invalid_type') },
    });
  });

  it('a 5xx after the deed is no refusal', async () => {
    const answer = await create('After [die]');
    expect([answer.status, answer.body]).toMatchObject(UNKNOWN);
    expect(await reconcile(4)).toBe(1);
    expect(await seen(answer.body.callId)).toMatchObject({ readBack: { result: 'unclear' } });
    expect(await paired.get('/v1/audit/verify')).toMatchObject({ body: { ok: true } });
  });
});
