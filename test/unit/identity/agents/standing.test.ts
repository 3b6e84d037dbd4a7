import { describe, expect, it } from '@jest/globals';
import type { Agent, AgentKey } from '../../../../src/identity/agents/agent.js';
import { checkBounds, withBounds, type WantedBounds } from '../../../../src/identity/agents/bounds.js';
import { mayEverCall, whyRefused } from '../../../../src/identity/agents/standing.js';
import { aKey, anAgent } from '../../../contracts/agent-store.contract.js';

const NOW = new Date('2026-11-25T20:00:00Z');
const why = (agent: Partial<Agent>, key: Partial<AgentKey> | null, ip: string | null): string | undefined =>
  whyRefused(anAgent('a', agent), key === null ? undefined : aKey('key_a', key), { now: NOW, ip })?.code;

describe('whether an agent may act', () => {
  it.each<[string, Partial<Agent>, Partial<AgentKey> | null, string | null, string | undefined]>([
    ['without bounds, from anywhere', {}, {}, '198.51.100.1', undefined],
    ['without bounds, from an address that is not known', {}, {}, null, undefined],
    ['suspended', { state: 'suspended' }, {}, null, 'agent_suspended'],
    ['before its end', { expiresAt: new Date('2026-11-25T20:00:00.001Z') }, {}, null, undefined],
    ['at its end', { expiresAt: NOW }, {}, null, 'agent_expired'],
    ['in a v4 range', { allowedIps: ['192.0.2.0/24'] }, {}, '192.0.2.255', undefined],
    ['beside it', { allowedIps: ['192.0.2.0/24'] }, {}, '192.0.3.0', 'address_refused'],
    ['as v4 in v6, which is v4', { allowedIps: ['192.0.2.0/24'] }, {}, '::ffff:192.0.2.1', undefined],
    ['in a v6 range', { allowedIps: ['2001:db8::/32'] }, {}, '2001:db8:ffff::1', undefined],
    ['beside it', { allowedIps: ['2001:db8::/32'] }, {}, '2001:db9::1', 'address_refused'],
    ['in any of several', { allowedIps: ['10.0.0.0/8', '::1'] }, {}, '::1', undefined],
    ['bounded, from an address that is not known', { allowedIps: ['0.0.0.0/0', '::/0'] }, {}, null, 'address_refused'],
    ['bounded, from what is no address', { allowedIps: ['0.0.0.0/0'] }, {}, 'unknown', 'address_refused'],
    ['with ranges that cannot be read', { allowedIps: ['nonsense', '10.0.0.0/99'] }, {}, '10.0.0.1', 'address_refused'],
    ['with an empty list, from anywhere', { allowedIps: [] }, {}, '10.0.0.1', 'address_refused'],
    ['where its key may not be used', {}, { allowedIps: ['10.0.0.0/8'] }, '192.0.2.1', 'address_refused'],
    ['where both may', { allowedIps: ['10.0.0.0/8'] }, { allowedIps: ['10.1.0.0/16'] }, '10.1.2.3', undefined],
    [
      'where the key may and it may not',
      { allowedIps: ['10.0.0.0/8'] },
      { allowedIps: ['::/0'] },
      '::2',
      'address_refused',
    ],
    ['without a key, by its own ranges', { allowedIps: ['10.0.0.0/8'] }, null, '10.1.2.3', undefined],
  ])('%s', (_name, agent, key, ip, expected) => {
    expect(why(agent, key, ip)).toBe(expected);
  });
});

describe('tools that an agent may ever call', () => {
  it.each<[readonly string[] | null, string, boolean]>([
    [null, 'posts.create', true],
    [[], 'posts.create', false],
    [['posts.*'], 'posts.create', true],
    [['posts.*'], 'pages.create', false],
    [['site.info', 'posts.get'], 'posts.get', true],
    [['posts.get'], 'posts.get.more', false],
    [['*'], 'anything', true],
  ])('of %j, %s: %s', (tools, tool, expected) => {
    expect(mayEverCall(tools, tool)).toBe(expected);
  });
});

describe('bounds', () => {
  it.each<[WantedBounds, string]>([
    [{ allowedIps: ['10.0.0.0/33'] }, 'neither an address nor a range'],
    [{ allowedIps: ['10.0.0.1/8'] }, 'bits set beyond its length'],
    [{ allowedIps: ['fe80::1%eth0'] }, 'neither an address nor a range'],
    [{ allowedIps: [] }, 'empty list'],
    [{ tools: [] }, 'empty list'],
    [{ tools: ['posts create'] }, 'neither the name of a tool'],
    [{ tools: [''] }, 'neither the name of a tool'],
    [{ tools: Array.from({ length: 101 }, (_, index) => `t${index}`) }, 'at most 100'],
    [{ expiresAt: NOW }, 'lies in the past'],
  ])('refuses %j', (wanted, words) => {
    expect(() => checkBounds(wanted, NOW)).toThrow(words);
  });

  it('lets through what is meant, and null', () => {
    const later = new Date(NOW.getTime() + 1);
    checkBounds({ tools: ['posts.*', '*'], allowedIps: ['0.0.0.0/0', '::1'], expiresAt: later }, NOW);
    checkBounds({ tools: null, allowedIps: null, expiresAt: null }, NOW);
    const bounded = anAgent('a', { tools: ['a'], expiresAt: later });
    expect(withBounds(bounded, {})).toEqual(bounded);
    expect(withBounds(bounded, { tools: null, expiresAt: null })).toEqual(anAgent('a'));
  });
});
