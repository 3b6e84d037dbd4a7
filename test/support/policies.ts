import { compilePolicy, type CompiledPolicy } from '../../src/policy/compile.js';
import type { Facts } from '../../src/policy/facts.js';
import type { TermLists } from '../../src/policy/term-lists.js';
import { parsePolicyValue } from '../../src/policy/parse.js';

/** A compiled policy from an object; format and version number are filled in. Throws with every problem. */
export function aPolicy(document: object, version: number | null = 1, termLists?: TermLists): CompiledPolicy {
  const outcome = parsePolicyValue({ formatVersion: 1, ...document });
  if (outcome.ok) return compilePolicy(outcome, version, termLists);
  throw new Error(outcome.problems.map(({ pointer, message }) => `${pointer}: ${message}`).join('\n'));
}

/** A Sunday evening in UTC, an agent that is an author, and nothing touched. */
export function someFacts(changes: Partial<Facts> = {}): Facts {
  return {
    now: new Date('2026-11-22T20:00:00Z'),
    siteTimeZone: 'UTC',
    subject: {
      agentId: 'agt_00000000000000000000',
      userId: 7,
      login: 'bot',
      roles: ['author'],
      ip: '203.0.113.7',
    },
    entities: [],
    tool: { name: 'posts.create', effect: 'write' },
    ...changes,
  };
}
