import type { PolicyCall, Facts } from '../../src/policy/facts.js';

/** One rule as every engine gets it: this tool, by somebody with this role (null: anybody), with a size above that (null: any). */
export interface BenchRule {
  readonly tool: string;
  readonly role: string | null;
  readonly over: number | null;
  readonly effect: 'allow' | 'deny';
}

export interface BenchCase {
  readonly call: PolicyCall & { readonly args: { readonly n: number } };
  readonly facts: Facts;
}

const ROLES = ['admin', 'editor', 'author', 'agent', 'shop', 'desk', 'legal', 'guest'];
const LARGEST = 1_000;

/** The same numbers in every run (a linear congruential generator), so that runs compare. */
function makeDraw(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return (state >>> 8) % below;
  };
}

const pick = <T>(draw: (below: number) => number, from: readonly T[]): T => {
  const one = from[draw(from.length)];
  if (one === undefined) throw new Error('nothing to pick from');
  return one;
};

const toolName = (number: number): string => `t${number}`;

/** About five rules to a tool, and so ever more tools: what grows is the policy, not what a call has to do with. */
const toolsFor = (count: number): number => Math.max(2, Math.round(count / 5));

export function makeRules(count: number): readonly BenchRule[] {
  const draw = makeDraw(20_261_122);
  return Array.from({ length: count }, (_, index) => {
    const kind = draw(3);
    return {
      tool: toolName(index % toolsFor(count)),
      role: kind === 0 ? null : pick(draw, ROLES),
      over: kind === 1 ? null : draw(LARGEST),
      effect: draw(4) === 0 ? 'deny' : 'allow',
    };
  });
}

/** Calls by people of two roles; one in twenty is for a tool that no rule names. */
export function makeCases(rules: number, count: number): readonly BenchCase[] {
  const draw = makeDraw(rules);
  const tools = toolsFor(rules);
  const now = new Date('2026-11-22T20:00:00Z');
  return Array.from({ length: count }, () => {
    const tool = draw(20) === 0 ? 'nobody.knows' : toolName(draw(tools));
    const roles = [...new Set([pick(draw, ROLES), pick(draw, ROLES)])];
    const subject = { agentId: 'agt_00000000000000000000', userId: 7, login: 'bot', roles, ip: '203.0.113.7' };
    return {
      call: { tool, args: { n: draw(LARGEST) } },
      facts: { now, siteTimeZone: 'UTC', subject, entities: [], tool: { name: tool, effect: 'write' } },
    };
  });
}
