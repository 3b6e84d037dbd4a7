import { describe, expect, it } from '@jest/globals';
import { makeReadLimitsUse } from '../../../src/execution/limits-use.js';
import type { Agent } from '../../../src/identity/agents/agent.js';
import type { AgentId, WpUserId } from '../../../src/kernel/ids.js';
import { limitKey } from '../../../src/limits/keys.js';
import type { LimitStore } from '../../../src/limits/limit-store.js';
import { compilePolicy } from '../../../src/policy/compile.js';
import { parsePolicy } from '../../../src/policy/parse.js';
import { FakeLimitStore } from '../../support/fakes/fake-limit-store.js';

const [ONE, TWO] = ['agt_00000000000000000001', 'agt_00000000000000000002'] as [AgentId, AgentId];
const RULES = [
  { id: 'agents', per: ['agent'], limit: 10, window: '1h' },
  { id: 'tools', per: ['agent', 'tool'], limit: 4, window: 'day' },
  { id: 'all', per: ['site'], limit: 100, window: '1h' },
  { id: 'addresses', per: ['ip'], limit: 5, window: '1h' },
];

function policy() {
  const text = JSON.stringify({ formatVersion: 1, name: 'x', timezone: 'site', mode: 'autonomous', rateLimits: RULES });
  const parsed = parsePolicy(text);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return compilePolicy(parsed, 1);
}

const reader = (limits: Pick<LimitStore, 'consume'>) =>
  makeReadLimitsUse({
    activePolicy: () => Promise.resolve(policy()),
    siteTimeZone: () => Promise.resolve('Europe/Berlin'),
    limits,
    agents: {
      get: (id) =>
        Promise.resolve({ id, name: id === ONE ? 'One' : 'Two', userId: (id === ONE ? 7 : 8) as WpUserId } as Agent),
    },
  });

describe('how full the limits are', () => {
  it('is told of those who were busy, the fullest first, and counts nothing by looking', async () => {
    const limits = new FakeLimitStore(() => Date.parse('2026-11-26T12:00:00Z') * 1_000);
    const spend = async (agent: AgentId, tool: string, times: number): Promise<void> => {
      const subjects = { agent, tool, site: 'site', user: undefined, ip: undefined };
      const key = (per: ('agent' | 'tool' | 'site')[]): string => limitKey(per, subjects) ?? '';
      for (let call = 0; call < times; call += 1) {
        await limits.consume([
          { rule: 'agents', key: key(['agent']), limit: 10, window: { kind: 'rolling', seconds: 3_600 } },
          {
            rule: 'tools',
            key: key(['agent', 'tool']),
            limit: 4,
            window: { kind: 'calendar', unit: 'day', zone: 'Europe/Berlin' },
          },
          { rule: 'all', key: key(['site']), limit: 100, window: { kind: 'rolling', seconds: 3_600 } },
        ]);
      }
    };
    await spend(ONE, 'posts.create', 4);
    await spend(TWO, 'posts.list', 1);
    const read = reader(limits);
    const busy = { agents: [ONE, TWO], tools: ['posts.create', 'posts.list'] };
    const found = await read(busy);
    expect(found?.map(({ rule, agentName, tool, used }) => [rule, agentName, tool, used])).toEqual([
      ['tools', 'One', 'posts.create', 4],
      ['agents', 'One', null, 4],
      ['tools', 'Two', 'posts.list', 1],
      ['agents', 'Two', null, 1],
      ['all', null, null, 5],
    ]);
    expect(await read(busy)).toEqual(found);
  });

  it('is null where the counts can’t be read', async () => {
    const broken = { consume: () => Promise.reject(new Error('gone')) };
    expect(await reader(broken)({ agents: [ONE], tools: ['posts.list'] })).toBeNull();
  });
});
