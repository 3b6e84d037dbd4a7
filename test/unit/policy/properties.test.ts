import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { CallContext } from '../../../src/policy/call-context.js';
import { evaluate } from '../../../src/policy/evaluate.js';
import type { Decision } from '../../../src/policy/decision.js';
import { noDemands, type Demands } from '../../../src/policy/demands.js';
import type { PolicyDocument } from '../../../src/policy/document.js';
import type { Facts, PolicyCall } from '../../../src/policy/facts.js';
import { compileMatch } from '../../../src/policy/match/compile-match.js';
import { parsePolicyValue } from '../../../src/policy/parse.js';
import { BLOCKS } from '../../../src/policy/rules/index.js';
import type { Surroundings } from '../../../src/policy/rules/rule-block.js';
import { NO_TERM_LISTS } from '../../../src/policy/term-lists.js';
import { aPolicy, someFacts } from '../../support/policies.js';

const AGENTS = ['agt_00000000000000000000', 'agt_11111111111111111111'];
const some = <T>(values: readonly T[]): fc.Arbitrary<T[]> => fc.subarray([...values], { minLength: 1 });
const match = fc.record(
  {
    tools: some(['posts.*', 'posts.create', '*.create', 'pages.list', '*', 'po*s.*e', 'p*.create']),
    agents: some(AGENTS),
    users: some(['bot', 'ZOE']),
    roles: some(['editor', 'author', 'ai_agent']),
    ips: some(['203.0.113.0/24', '2001:db8::/32', '192.0.2.1']),
    entities: fc.record({ types: some(['post', 'page']) }),
    args: fc.constantFrom([{ path: '/status', equals: 'publish' }], [{ path: '/tags/*', in: [1, 2] }]),
  },
  { requiredKeys: [] },
);
const toolRule = fc.record({ match, effect: fc.constantFrom('allow', 'allow', 'ask', 'deny') });
const entityRule = fc.record({ match, statuses: some(['draft', 'publish']), denyFields: some(['/author', '/tags/1']) });
const timeRule = fc.record({
  match,
  blackout: fc.constantFrom([{ days: ['sun'], from: '18:00', to: '21:00' }], [{ from: '01:00', to: '02:00' }]),
  onViolation: fc.constantFrom('deny', 'ask'),
});
const limitRule = fc.record({
  match,
  per: some(['user', 'agent', 'ip', 'tool', 'site']),
  limit: fc.constant(10),
  window: fc.constantFrom('1h', 'day'),
});
const approvalRule = fc.record({
  match,
  steps: fc.constantFrom(
    [{ name: 'desk', approvers: { roles: ['editor'] }, quorum: 1 }],
    [{ name: 'legal', approvers: { users: ['zoe'] }, quorum: 1 }],
  ),
  expiresIn: fc.constantFrom('1h', '2d'),
  allowEdits: fc.boolean(),
});
const numbered = (prefix: string, rules: readonly object[]): object[] =>
  rules.map((rule, index) => ({ id: `${prefix}${index}`, ...rule }));
/** Half of them let everything through at first, so that what denies is seen to be what denies. */
const document = fc
  .tuple(
    fc.array(toolRule, { maxLength: 8 }),
    fc.array(entityRule, { maxLength: 2 }),
    fc.array(timeRule, { maxLength: 2 }),
    fc.array(limitRule, { maxLength: 1 }),
    fc.array(approvalRule, { maxLength: 2 }),
    fc.constantFrom('autonomous', 'autonomous', 'review', 'suggest'),
    fc.boolean(),
  )
  .map(([tools, entities, time, limits, approvals, mode, open]) => ({
    mode,
    tools: [...numbered('t', tools), ...(open ? [{ id: 'all', effect: 'allow' }] : [])],
    entities: numbered('e', entities),
    time: numbered('w', time),
    rateLimits: numbered('l', limits),
    approvals: numbered('a', approvals),
  }));

const call: fc.Arbitrary<PolicyCall> = fc.record(
  {
    tool: fc.constantFrom('posts.create', 'posts.update', 'pages.list', 'site.info'),
    args: fc.record(
      {
        status: fc.constantFrom('publish', 'draft'),
        author: fc.constant(1),
        tags: fc.array(fc.integer({ min: 1, max: 3 }), { maxLength: 3 }),
      },
      { requiredKeys: [] },
    ),
    mode: fc.constantFrom('autonomous', 'review', 'suggest'),
  },
  { requiredKeys: ['tool', 'args'] },
);
const facts: fc.Arbitrary<Facts> = fc
  .record({
    agentId: fc.constantFrom(...AGENTS, null),
    login: fc.constantFrom('bot', 'Zoe', 'eve'),
    roles: fc.subarray(['editor', 'Author', 'ai_agent']),
    ip: fc.constantFrom('203.0.113.7', '2001:db8::1', '192.0.2.2', '198.51.100.1', null),
    type: fc.constantFrom('post', 'page', undefined),
    hour: fc.integer({ min: 0, max: 23 }),
    effect: fc.constantFrom('read', 'write'),
  })
  .map(({ type, hour, effect, ...subject }) =>
    someFacts({
      now: new Date(Date.UTC(2026, 10, 22, hour)),
      tool: { name: 'of no matter', effect },
      subject: { userId: 7, ...subject },
      entities: type === undefined ? [] : [{ kind: 'create', type, requestedStatus: 'publish' }],
    }),
  );

const STRICTNESS = { allow: 0, ask: 1, deny: 2 };
const told = ({ effect, findings }: Decision): unknown => ({
  effect,
  findings: findings.map(({ rule, code, message, pointer }) => JSON.stringify([rule, code, message, pointer])).sort(),
});

/** Every rule asked, in a line: no index, no compiled policy, none of evaluate's code. */
function naive(policy: PolicyDocument, asked: PolicyCall, known: Facts): { effect: string; rules: string[] } {
  const context = new CallContext(asked, known);
  const said: { rule: string; block: string; effect: string }[] = [];
  for (const block of ['tools', 'entities', 'time', 'rateLimits', 'approvals'] as const) {
    for (const rule of policy[block]) {
      const reach = 'effect' in rule && rule.effect === 'allow' ? 'all' : 'any';
      try {
        if (!compileMatch(rule.match, reach)(context)) continue;
        const judge = (
          BLOCKS[block].compile as
            | ((
                one: typeof rule,
                all: Surroundings,
                source: undefined,
              ) => (at: typeof context, wants: Demands) => readonly { effect: string }[])
            | null
        )?.(rule, { document: policy, termLists: NO_TERM_LISTS }, undefined);
        for (const { effect } of judge?.(context, noDemands()) ?? []) said.push({ rule: rule.id, block, effect });
      } catch {
        said.push({ rule: rule.id, block, effect: 'deny' });
      }
    }
  }
  if (!said.some(({ block }) => block === 'tools')) said.push({ rule: '(default)', block: 'tools', effect: 'deny' });
  const isHeld = policy.mode !== 'autonomous' || (asked.mode ?? 'autonomous') !== 'autonomous';
  if (isHeld && known.tool.effect === 'write') said.push({ rule: '(mode)', block: 'mode', effect: 'ask' });
  const effects = said.map(({ effect }) => effect);
  return {
    effect: effects.includes('deny') ? 'deny' : effects.includes('ask') ? 'ask' : 'allow',
    rules: said.map(({ rule }) => rule).sort(),
  };
}

describe('decisions', () => {
  const runs = { numRuns: 600 };

  it('do not depend on the order of rules', () => {
    const shuffled = document.chain((written) =>
      fc
        .record({
          tools: fc.shuffledSubarray(written.tools, { minLength: written.tools.length }),
          entities: fc.shuffledSubarray(written.entities, { minLength: written.entities.length }),
          time: fc.shuffledSubarray(written.time, { minLength: written.time.length }),
          approvals: fc.shuffledSubarray(written.approvals, { minLength: written.approvals.length }),
        })
        .map((other) => [written, { ...written, ...other }] as const),
    );
    fc.assert(
      fc.property(shuffled, call, facts, ([one, other], asked, known) => {
        expect(told(evaluate(aPolicy(other), asked, known))).toEqual(told(evaluate(aPolicy(one), asked, known)));
      }),
      runs,
    );
  });

  it('never loosen when a rule that denies is added', () => {
    const restriction = fc.oneof(
      match.map((when) => ({ tools: [{ id: 'new', match: when, effect: 'deny' }] })),
      entityRule.map((rule) => ({ entities: [{ id: 'new', ...rule }] })),
      timeRule.map((rule) => ({ time: [{ id: 'new', ...rule }] })),
      limitRule.map((rule) => ({ rateLimits: [{ id: 'new', ...rule }] })),
      approvalRule.map((rule) => ({ approvals: [{ id: 'new', ...rule }] })),
    );
    fc.assert(
      fc.property(document, restriction, call, facts, (written, added, asked, known) => {
        const stricter = {
          ...written,
          tools: [...written.tools, ...('tools' in added ? added.tools : [])],
          entities: [...written.entities, ...('entities' in added ? added.entities : [])],
          time: [...written.time, ...('time' in added ? added.time : [])],
          rateLimits: [...written.rateLimits, ...('rateLimits' in added ? added.rateLimits : [])],
          approvals: [...written.approvals, ...('approvals' in added ? added.approvals : [])],
        };
        const before = evaluate(aPolicy(written), asked, known).effect;
        return STRICTNESS[evaluate(aPolicy(stricter), asked, known).effect] >= STRICTNESS[before];
      }),
      runs,
    );
  });

  it('are those of asking every rule in a line', () => {
    const effects = { allow: 0, deny: 0, ask: 0 };
    fc.assert(
      fc.property(document, call, facts, (written, asked, known) => {
        const outcome = parsePolicyValue({ formatVersion: 1, ...written });
        if (!outcome.ok) throw new Error(JSON.stringify(outcome.problems));
        const decision = evaluate(aPolicy(written), asked, known);
        effects[decision.effect] += 1;
        const expected = naive(outcome.policy, asked, known);
        expect(decision.approval !== null).toBe(decision.effect === 'ask');
        expect({ effect: decision.effect, rules: decision.findings.map(({ rule }) => rule).sort() }).toEqual(expected);
      }),
      runs,
    );
    expect(effects.allow).toBeGreaterThan(20);
    expect(effects.deny).toBeGreaterThan(20);
    expect(effects.ask).toBeGreaterThan(20);
    console.info(
      `decisions by index and in a line: ${effects.allow} allowed, ${effects.ask} held, ${effects.deny} denied, 0 disagreements`,
    );
  });

  it('are the same when asked again, and leave call and facts as they were', () => {
    fc.assert(
      fc.property(document, call, facts, (written, asked, known) => {
        const policy = aPolicy(written);
        const before = JSON.stringify([asked, known]);
        expect(evaluate(policy, asked, known)).toEqual(evaluate(policy, asked, known));
        expect(JSON.stringify([asked, known])).toBe(before);
      }),
    );
  });
});
