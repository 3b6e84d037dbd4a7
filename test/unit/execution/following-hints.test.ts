import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { JsonObject } from '../../../src/kernel/json.js';
import { aPolicy } from '../../support/policies.js';
import { Governed } from './governed-call.js';
import { followHints, type Journey } from './hint-follower.js';

const ALL = { id: 'all', effect: 'allow' };
const EDITORS = [{ name: 'desk', approvers: { roles: ['editor'] } }];

/** A client before a policy. `used` calls were made just before, so that limits may be used up. */
async function journey(policy: object, args: JsonObject, used = 0): Promise<Journey> {
  const one = new Governed();
  one.capabilities = new Set([...one.capabilities, 'edit_others_posts']);
  one.policy = aPolicy({ tools: [ALL], ...policy });
  for (let count = 0; count < used; count += 1) await one.submit({ args: { title: 'before' } });
  const world = {
    submit: (next: JsonObject) => one.submit({ args: next }),
    waitUntil: (instant: Date) => {
      one.world.now = instant;
    },
    now: () => one.world.now,
    approve: async (id: string) => (await one.world.approvals.get(id as never))?.state === 'pending',
  };
  return followHints(world, args);
}

const limit = { id: 'few', per: ['user'], limit: 1, window: '10m' };
const night = { id: 'night', blackout: [{ from: '18:00', to: '06:00' }] };
const office = { id: 'office', allow: [{ days: ['mon'], from: '09:00', to: '10:00' }] };
const words = { id: 'words', terms: ['scam'], severity: 'high' };
const author = { id: 'author', denyFields: ['/author'] };
const drafts = { id: 'drafts', statuses: ['draft', 'pending'] };
const sticky = { id: 'sticky', match: { args: [{ path: '/sticky', equals: true }] }, effect: 'deny' };

describe('a client that does what refusals say', () => {
  it.each<[string, object, JsonObject, Journey['end'], number, number?]>([
    ['waits for the hour', { time: [night] }, {}, 'executed', 2],
    ['waits once for several hours that agree', { time: [night, office] }, {}, 'executed', 2],
    ['waits for room under a limit', { rateLimits: [limit] }, {}, 'executed', 2, 1],
    ['leaves out a field', { entities: [author] }, { author: 3 }, 'executed', 2],
    ['rewrites a text', { content: [words] }, { title: 'A scam', content: 'scam' }, 'executed', 2],
    ['chooses a status', { entities: [drafts] }, { status: 'publish' }, 'executed', 2],
    ['changes what a rule is about', { tools: [ALL, sticky] }, { sticky: true }, 'executed', 2],
    ['asks people', { approvals: [{ id: 'held', steps: EDITORS }] }, {}, 'approved', 1],
    ['asks people in review', { mode: 'review' }, {}, 'approved', 1],
    [
      'mends everything at once, and then asks',
      {
        tools: [ALL, sticky],
        time: [night],
        entities: [author, drafts],
        content: [words],
        approvals: [{ id: 'held', match: { entities: { statuses: ['draft'] } }, steps: EDITORS }],
      },
      { title: 'scam', author: 3, status: 'publish', sticky: true },
      'approved',
      2,
    ],
    ['is stuck where only a policy could help', { tools: [] }, {}, 'stuck', 1],
    [
      'is stuck where no hour ever comes',
      { time: [{ id: 'never', allow: [{ from: '2020-01-01T00:00', to: '2020-01-02T00:00' }] }] },
      {},
      'stuck',
      1,
    ],
    ['is stuck once it is suspended', { content: [{ ...words, severity: 'critical' }] }, { title: 'scam' }, 'stuck', 1],
  ])('%s', async (_what, policy, args, end, tries, used = 0) => {
    expect(await journey(policy, { title: 'x', ...args }, used)).toEqual({ end, tries, silent: [] });
  });

  it('gets through wherever rules leave it a way', async () => {
    const some = <T extends object>(rules: readonly T[]): fc.Arbitrary<T[]> => fc.subarray([...rules]);
    const policies = fc.record({
      tools: some([sticky]).map((rules) => [ALL, ...rules]),
      entities: some([author, drafts]),
      time: some([night, office, { id: 'lunch', allow: [{ from: '09:30', to: '12:00' }] }]),
      content: some([words, { id: 'money', fields: ['/content'], patterns: ['free\\s+money'], severity: 'medium' }]),
      rateLimits: some([limit, { id: 'day', per: ['tool'], limit: 2, window: 'day' }]),
      approvals: some([{ id: 'held', match: { args: [{ path: '/status', exists: true }] }, steps: EDITORS }]),
      mode: fc.constantFrom('autonomous', 'review'),
    });
    const calls = fc.record(
      {
        title: fc.constantFrom('x', 'Scam', 's&#99;am'),
        content: fc.constantFrom('free  money', 'scam', 'fine'),
        author: fc.constant(3),
        status: fc.constantFrom('publish', 'draft'),
        sticky: fc.boolean(),
      },
      { requiredKeys: ['title'] },
    );
    const tries = new Map<number, number>();
    await fc.assert(
      fc.asyncProperty(policies, calls, fc.integer({ min: 0, max: 2 }), async (policy, args, used) => {
        const { end, silent, tries: needed } = await journey(policy, args, used);
        tries.set(needed, (tries.get(needed) ?? 0) + 1);
        expect([end === 'executed' || end === 'approved', silent]).toEqual([true, []]);
      }),
      { numRuns: 300 },
    );
    const counts = [...tries].sort(([left], [right]) => left - right).map(([many, count]) => `${count} in ${many}`);
    console.info(`clients that followed the hints got through: ${counts.join(', ')} tries`);
  });
});
