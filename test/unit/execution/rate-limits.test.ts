import { describe, expect, it } from '@jest/globals';
import { aPolicy } from '../../support/policies.js';
import { Governed } from './governed-call.js';

const HOURLY = { id: 'hourly', per: ['user'], limit: 2, window: '1h' };
const BY_TOOL = { id: 'each-tool', per: ['tool'], limit: 1, window: '60s' };

function governed(...rateLimits: readonly object[]): Governed {
  const one = new Governed();
  one.policy = aPolicy({
    tools: [
      { id: 'all', effect: 'allow' },
      { id: 'no-trash', match: { tools: ['posts.trash'] }, effect: 'deny' },
    ],
    rateLimits,
    approvals: [
      {
        id: 'held',
        match: { args: [{ path: '/title', equals: 'held' }] },
        steps: [{ name: 'desk', approvers: { roles: ['editor'] } }],
      },
    ],
  });
  return one;
}

const later = (one: Governed, seconds: number): void => {
  one.world.now = new Date(one.world.now.getTime() + seconds * 1_000);
};

describe('a call under limits', () => {
  it('is let in until there is no room, and then told when to come again', async () => {
    const one = governed(HOURLY);
    const first = await one.submit();
    expect(first).toMatchObject({
      status: 200,
      headers: { RateLimit: '"hourly";r=1;t=3600', 'RateLimit-Policy': '"hourly";q=2;w=3600' },
    });
    later(one, 600);
    expect((await one.submit()).status).toBe(200);
    const requests = one.world.events.length;
    const refused = await one.submit();
    expect(refused).toMatchObject({
      status: 429,
      headers: { RateLimit: '"hourly";r=0;t=3000', 'Retry-After': '3000' },
      body: {
        code: 'rate_limited',
        retryAfter: 3_000,
        unlock: { at: '2026-11-22T21:00:00.000Z', retryAfter: 3_000 },
        findings: [
          { rule: 'hourly', block: 'rateLimits', effect: 'deny', code: 'rate_limited', source: { line: 19 } },
          { rule: 'all' },
        ],
      },
    });
    expect(one.world.events.slice(requests)).toEqual(['call.decision']);
    expect(one.world.entries.at(-1)).toMatchObject({ verdict: 'deny', code: 'rate_limited' });
    later(one, 3_000);
    expect((await one.submit()).status).toBe(200);
  });

  it('is counted under every rule or under none', async () => {
    const one = governed(HOURLY, BY_TOOL);
    expect((await one.submit()).status).toBe(200);
    for (let tries = 0; tries < 3; tries += 1) {
      const { status, body } = await one.submit();
      expect([status, (body['findings'] as { rule: string }[])[0]?.rule]).toEqual([429, 'each-tool']);
    }
    later(one, 60);
    expect((await one.submit()).status).toBe(200);
  });

  it('names every limit without room, and the longest wait', async () => {
    const one = governed({ ...HOURLY, limit: 1 }, BY_TOOL);
    await one.submit();
    const { body, headers } = await one.submit();
    expect(body).toMatchObject({
      retryAfter: 3_600,
      findings: [
        { rule: 'hourly', unlock: { retryAfter: 3_600 } },
        { rule: 'each-tool', unlock: { retryAfter: 60 } },
        { rule: 'all' },
      ],
    });
    expect(headers).toMatchObject({ 'Retry-After': '3600' });
  });

  it('costs nothing when it is denied anyway, tried out, or answered before', async () => {
    const one = governed(HOURLY);
    const denied = await one.submit({ tool: 'posts.trash', args: { id: 12 } });
    expect([denied.status, denied.headers]).toEqual([403, undefined]);
    for (let tries = 0; tries < 3; tries += 1) {
      expect(await one.submit({ dryRun: true })).toMatchObject({
        status: 200,
        body: { decision: { effect: 'allow' } },
        headers: { RateLimit: expect.stringMatching(/^"hourly";r=[12];/) },
      });
    }
    for (let tries = 0; tries < 3; tries += 1) expect((await one.submit({}, 'same')).status).toBe(200);
    expect((await one.submit()).status).toBe(200);
    expect((await one.submit()).status).toBe(429);
    expect(await one.submit({ dryRun: true })).toMatchObject({
      status: 200,
      body: { decision: { effect: 'deny', findings: [{ code: 'rate_limited' }, {}] } },
    });
  });

  it('is counted when it begins to wait for people, and not let in to wait when there is no room', async () => {
    const one = governed({ ...HOURLY, limit: 1 });
    expect((await one.submit({ args: { title: 'held' } })).status).toBe(202);
    const refused = await one.submit({ args: { title: 'held' } });
    expect(refused).toMatchObject({ status: 429, body: { code: 'rate_limited' } });
    expect(one.world.entries.filter(({ kind }) => kind === 'approval.requested')).toHaveLength(1);
  });

  it('is refused when the counts are out of reach, before anything is done', async () => {
    const one = governed(HOURLY);
    one.limits.consume = () => Promise.reject(new Error('no connection'));
    await expect(one.submit()).rejects.toThrow('no connection');
    expect(one.world.events).toEqual([]);
  });

  it('asks for no counts where no limit matches', async () => {
    const one = governed({ ...HOURLY, match: { tools: ['pages.*'] } });
    one.limits.consume = () => Promise.reject(new Error('asked'));
    const { status, headers } = await one.submit();
    expect([status, headers]).toEqual([200, undefined]);
  });
});
