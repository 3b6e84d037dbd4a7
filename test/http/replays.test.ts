import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { pairedSite, type PairedSite, type TestSidecar } from '../support/paired-site.js';
import { rounds } from '../support/rounds.js';

/** Repetitions in all. */
const REPLAYS = rounds('REPLAYS', { usual: 400, published: 10_000 });
const AT_ONCE = 20;

describe('a signed request, repeated', () => {
  let paired: PairedSite;
  let one: TestSidecar;
  let other: TestSidecar;
  beforeAll(async () => {
    paired = await pairedSite();
    one = paired;
    other = await paired.replica();
  }, 90_000);
  afterAll(() => paired.stop());

  it('is accepted once by two replicas together, however many copies come at the same moment', async () => {
    let [accepted, refused] = [0, 0];
    const created = Math.floor(Date.now() / 1_000);
    for (let round = 0; round < REPLAYS / AT_ONCE; round += 1) {
      const request = {
        method: 'POST',
        path: '/v1/execute',
        body: { tool: 'site.info', args: {}, dryRun: true },
        key: paired.agent.key,
        created: created + Math.floor((Date.now() / 1_000 - created) / 60) * 60,
        nonce: `replayed-${round}-${'x'.repeat(16)}`,
      };
      const copies = Array.from({ length: AT_ONCE + 1 }, async (_, index) => {
        const answer = await (index % 2 === 0 ? one : other).send(request);
        return answer.status === 200 ? 'accepted' : String((answer.body as { code?: unknown }).code);
      });
      const codes = await Promise.all(copies);
      accepted += codes.filter((code) => code === 'accepted').length;
      refused += codes.filter((code) => code === 'signature_replayed').length;
    }
    console.info(`replays: ${refused} refused by 2 replicas, ${accepted - REPLAYS / AT_ONCE} accepted`);
    expect(accepted).toBe(REPLAYS / AT_ONCE);
    expect(refused).toBe(REPLAYS);
  }, 900_000);
});
