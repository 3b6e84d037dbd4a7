import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { toolSketches } from '../../../src/execution/tools/sketches.js';
import { tools } from '../../../src/execution/tools/index.js';
import type { JsonObject } from '../../../src/kernel/json.js';
import { adviseOn } from '../../../src/policy/advice.js';
import { compilePolicy } from '../../../src/policy/compile.js';
import { evaluate } from '../../../src/policy/evaluate.js';
import type { Facts, PolicyCall } from '../../../src/policy/facts.js';
import { parsePolicyValue, type ParsedPolicy } from '../../../src/policy/parse.js';
import type { Problem } from '../../../src/policy/source/positions.js';
import { someFacts } from '../../support/policies.js';
import { cpuMilliseconds } from '../../support/cpu-time.js';

const SKETCHES = toolSketches();

function parsed(document: object): ParsedPolicy {
  const outcome = parsePolicyValue({ formatVersion: 1, ...document });
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.problems));
  return outcome;
}
const advice = (document: object): readonly string[] =>
  adviseOn(parsed(document), SKETCHES).map(({ pointer, message }) => `${pointer} ${message}`);
const open = { id: 'open', effect: 'allow' };
const limit = (id: string, more: object = {}): object => ({ id, per: ['user'], limit: 100, window: '1h', ...more });
const allowing = (match: object): object => ({ tools: [{ id: 'a', match, effect: 'allow' }] });
const argument = (...args: readonly object[]): object => allowing({ tools: ['posts.*'], args });

describe('advice', () => {
  it.each<[string, object, readonly RegExp[]]>([
    [
      'nothing about a sound policy',
      { tools: [open], time: [{ id: 't', allow: [{ from: '09:00', to: '18:00' }] }] },
      [],
    ],
    ['a policy without rules', {}, [/^ No rule of "tools" allows anything/]],
    ['a policy that only denies', { tools: [{ id: 'no', effect: 'deny' }] }, [/^\/tools No rule/]],
    [
      'a pattern beside others',
      allowing({ tools: ['posts.*', 'shop.*'] }),
      [/^\/tools\/0\/match\/tools\/1 No tool fits "shop\.\*"/],
    ],
    ['no tool at all', allowing({ tools: ['shop.*'] }), [/^\/tools\/0 This rule can never match: no tool fits/]],
    ['a misspelt argument', argument({ path: '/titel', exists: true }), [/^\/tools\/0\/match\/args\/0 .* at \/titel/]],
    [
      'a status that there is not',
      argument({ path: '/status', equals: 'published' }),
      [/args\/0 This rule can never match/],
    ],
    ['a value of another type', argument({ path: '/sticky', in: ['true', 1] }), [/args\/0 /]],
    ['a text that is always short enough', argument({ path: '/slug', longerThan: 500 }), [/args\/0 /]],
    ['a number in a text', argument({ path: '/title', greaterThan: 5 }), [/args\/0 /]],
    [
      'what always is there',
      allowing({ tools: ['posts.create'], args: [{ path: '/status', exists: false }] }),
      [/args\/0 /],
    ],
    ['what may be missing', allowing({ tools: ['posts.create'], args: [{ path: '/title', exists: false }] }), []],
    ['any member of meta', argument({ path: '/meta/colour', equals: 5 }, { path: '/tags/*', equals: 3 }), []],
    ['below a plain text', argument({ path: '/title/raw', exists: true }), [/args\/0 /]],
    ['a list of texts', argument({ path: '/tags/*', equals: 'news' }), [/args\/0 /]],
    [
      'two values at once',
      argument({ path: '/status', equals: 'draft' }, { path: '/status', in: ['publish', 'pending'] }),
      [/args\/1 .*no value of \/status/],
    ],
    [
      'there and not there',
      argument({ path: '/title', exists: false }, { path: '/title', matches: 'a' }),
      [/args\/1 /],
    ],
    [
      'tests of different tools',
      allowing({
        args: [
          { path: '/timezone', exists: true },
          { path: '/slug', exists: true },
        ],
      }),
      [/\/match\/args This rule can never match: none of its tools takes all/],
    ],
    ['a type that no tool touches', allowing({ entities: { types: ['posts'] } }), [/\/match\/entities .*of this kind/]],
    [
      'entities of what touches none',
      allowing({ tools: ['site.info'], entities: { ids: [1] } }),
      [/\/match\/entities/],
    ],
    [
      'an unknown type',
      { tools: [open], entities: [{ id: 'e', types: ['post', 'posts'], match: { tools: ['posts.*'] } }] },
      [/^\/entities\/0\/types\/1 .*"posts"/],
    ],
    [
      'a field that no tool takes',
      { tools: [open], entities: [{ id: 'e', denyFields: ['/autor'] }] },
      [/^\/entities\/0\/denyFields\/0 .*\/autor/],
    ],
    [
      'an allow beneath a deny',
      {
        tools: [
          { id: 'a', match: { tools: ['posts.get'], users: ['Zoe'] }, effect: 'allow' },
          { id: 'no', match: { tools: ['posts.*'], users: ['zoe', 'bot'] }, effect: 'deny' },
        ],
      },
      [/^\/tools\/0 .*"no" denies/],
    ],
    [
      'an allow beneath an ask',
      {
        tools: [
          { id: 'a', match: { tools: ['posts.get'] }, effect: 'allow' },
          { id: 'hold', effect: 'ask' },
        ],
      },
      [/^\/tools\/0 .*"hold" holds/],
    ],
    [
      'hours beneath a deny',
      {
        tools: [open, { id: 'no', match: { tools: ['posts.*'] }, effect: 'deny' }],
        time: [{ id: 't', match: { tools: ['posts.trash'] }, blackout: [{ from: '01:00', to: '02:00' }] }],
      },
      [/^\/time\/0 .*"no" denies/],
    ],
    [
      'a narrower deny',
      { tools: [open, { id: 'no', match: { tools: ['posts.*'], roles: ['author'] }, effect: 'deny' }] },
      [],
    ],
    [
      'a deny of some addresses',
      {
        tools: [
          { id: 'a', match: { tools: ['posts.*'] }, effect: 'allow' },
          { id: 'no', match: { ips: ['192.0.2.1'] }, effect: 'deny' },
        ],
      },
      [],
    ],
    [
      'a deny of some agents',
      {
        tools: [
          { id: 'a', match: { tools: ['posts.*'] }, effect: 'allow' },
          { id: 'no', match: { agents: ['agt_00000000000000000000'] }, effect: 'deny' },
        ],
      },
      [],
    ],
    [
      'a deny of some entities',
      {
        tools: [
          { id: 'a', match: { tools: ['posts.*'] }, effect: 'allow' },
          { id: 'no', match: { entities: { ids: [1] } }, effect: 'deny' },
        ],
      },
      [],
    ],
    [
      'a deny of some tools',
      {
        tools: [
          { id: 'a', match: { tools: ['posts.*'] }, effect: 'allow' },
          { id: 'no', match: { tools: ['posts.get', 'posts.list'] }, effect: 'deny' },
        ],
      },
      [],
    ],
    [
      'a deny of some arguments',
      {
        tools: [
          { id: 'a', match: { tools: ['posts.*'] }, effect: 'allow' },
          { id: 'no', match: { args: [{ path: '/status', exists: true }] }, effect: 'deny' },
        ],
      },
      [],
    ],
    [
      'a deny of fewer values',
      {
        tools: [
          { id: 'a', effect: 'allow', match: { args: [{ path: '/status', in: ['draft', 'publish'] }] } },
          { id: 'no', effect: 'deny', match: { args: [{ path: '/status', equals: 'publish' }] } },
        ],
      },
      [],
    ],
    [
      'hours that fill the week, from some addresses',
      { tools: [open], time: [{ id: 't', match: { ips: ['::1'] }, allow: [{ from: '00:00', to: '24:00' }] }] },
      [],
    ],
    [
      'hours that fill the week',
      {
        tools: [open],
        time: [
          {
            id: 't',
            allow: [
              { from: '09:00', to: '18:00' },
              { from: '18:00', to: '09:00' },
            ],
          },
        ],
      },
      [/^\/time\/0 This rule never objects/],
    ],
    [
      'hours with a minute between',
      {
        tools: [open],
        time: [
          {
            id: 't',
            allow: [
              { from: '09:00', to: '18:00' },
              { from: '18:01', to: '09:00' },
            ],
          },
        ],
      },
      [],
    ],
    [
      'hours that leave a day out',
      {
        tools: [open],
        time: [{ id: 't', allow: [{ days: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat'], from: '00:00', to: '24:00' }] }],
      },
      [],
    ],
    [
      'a blackout that never ends',
      { tools: [open], time: [{ id: 't', blackout: [{ from: '00:00', to: '24:00' }] }] },
      [/fills the whole week: it denies/],
    ],
    [
      'a limit beneath a stricter one',
      { tools: [open], rateLimits: [limit('hour'), limit('day', { window: '1d', limit: 50 })] },
      [/^\/rateLimits\/0 .*"day" is always reached/],
    ],
    [
      'a limit a little above a stricter one',
      { tools: [open], rateLimits: [limit('hour'), limit('day', { window: '1d', limit: 99 })] },
      [],
    ],
    [
      'a limit of another subject',
      { tools: [open], rateLimits: [limit('hour'), limit('day', { per: ['site'], limit: 5 })] },
      [],
    ],
    [
      'a limit of fewer calls',
      { tools: [open], rateLimits: [limit('hour'), limit('day', { match: { users: ['x'] }, limit: 5 })] },
      [],
    ],
    [
      'a shorter window',
      { tools: [open], rateLimits: [limit('hour'), limit('minute', { window: '1m', limit: 5 })] },
      [],
    ],
    [
      'calendar windows of other zones',
      {
        tools: [open],
        rateLimits: [limit('h', { window: 'hour' }), limit('d', { window: 'day', limit: 5, timezone: 'UTC' })],
      },
      [],
    ],
  ])('says the right thing about %s', (_name, document, expected) => {
    const said = advice(document);
    expect(said).toHaveLength(expected.length);
    expected.forEach((pattern, index) => expect(said[index]).toMatch(pattern));
  });

  it('points at the place in the text', () => {
    const outcome = parsePolicyValue(
      '{ "formatVersion": 1,\n  "tools": [{ "id": "a", "match": { "tools": ["posts.*",\n "shop.*"] }, "effect": "allow" }] }',
    );
    if (!outcome.ok) throw new Error('unsound');
    expect(adviseOn(outcome, SKETCHES)).toMatchObject([{ pointer: '/tools/0/match/tools/1', line: 3, column: 2 }]);
  });

  it('knows the types that tools touch', () => {
    const samples: Record<string, JsonObject> = {
      'posts.create': { title: 'a' },
      'posts.update': { id: 1, title: 'a' },
      'posts.list': {},
      'settings.get': {},
      'settings.update': { title: 'a' },
      'site.info': {},
    };
    for (const { name, touches } of SKETCHES) {
      const prepared = Object.entries(tools)
        .find(([known]) => known === name)?.[1]
        .prepare(samples[name] ?? { id: 1 });
      if (prepared?.ok !== true || touches === undefined) continue;
      expect({ name, types: prepared.call.entities(undefined).map(({ type }) => type) }).toEqual({
        name,
        types: [...touches],
      });
    }
  });
});

const some = <T>(values: readonly T[]): fc.Arbitrary<T[]> => fc.subarray([...values], { minLength: 1 });
const match = fc.record(
  {
    tools: some(['posts.*', 'posts.create', '*.update', 'settings.*', '*', 'shop.*']),
    users: some(['bot', 'ZOE']),
    roles: some(['editor', 'author']),
    ips: some(['203.0.113.0/24', '192.0.2.1']),
    entities: fc.record(
      { types: some(['post', 'settings', 'page']), statuses: some(['draft', 'publish']) },
      { requiredKeys: ['types'] },
    ),
    args: some([
      { path: '/status', equals: 'publish' },
      { path: '/status', in: ['draft', 'publish'] },
      { path: '/status', exists: false },
      { path: '/status', exists: true },
      { path: '/title', longerThan: 1 },
      { path: '/title', matches: '^a' },
      { path: '/tags/*', greaterThan: 1 },
      { path: '/tags/*', in: [1, 2] },
      { path: '/timezone', exists: true },
      { path: '/nowhere', exists: true },
    ]),
  },
  { requiredKeys: [] },
);
const ruled = (prefix: string, rule: fc.Arbitrary<object>, most: number): fc.Arbitrary<object[]> =>
  fc
    .array(fc.tuple(fc.oneof(match, fc.constant({})), rule), { maxLength: most })
    .map((rules) => rules.map(([when, rest], index) => ({ id: `${prefix}${index}`, match: when, ...rest })));
const document = fc.record({
  tools: ruled('t', fc.record({ effect: fc.constantFrom('allow', 'ask', 'deny') }), 6),
  entities: ruled('e', fc.record({ types: some(['post', 'page']), denyFields: some(['/status', '/nowhere']) }), 2),
  time: ruled(
    'w',
    fc.record({
      allow: fc.constantFrom([{ from: '00:00', to: '24:00' }], [{ from: '20:00', to: '21:00' }]),
      onViolation: fc.constantFrom('ask', 'deny'),
    }),
    2,
  ),
});

const statuses = fc.constantFrom('draft', 'publish', undefined);
const written = {
  title: fc.constantFrom('a', 'ab', 'b'),
  tags: fc.array(fc.integer({ min: 1, max: 3 }), { maxLength: 2 }),
  status: fc.constantFrom('draft', 'publish', 'pending'),
};
/** Calls as tools let them through: only arguments that their schemas take. */
const asked: fc.Arbitrary<readonly [PolicyCall, Facts['entities']]> = fc.oneof(
  fc
    .record({ ...written }, { requiredKeys: ['title', 'status'] })
    .map(
      (args) =>
        [{ tool: 'posts.create', args }, [{ kind: 'create', type: 'post', requestedStatus: args.status }]] as const,
    ),
  fc.tuple(fc.record({ id: fc.constant(1), ...written }, { requiredKeys: ['id', 'title'] }), statuses).map(
    ([args, status]) =>
      [
        { tool: 'posts.update', args: JSON.parse(JSON.stringify(args)) as JsonObject },
        [
          {
            kind: 'existing',
            type: 'post',
            id: 1,
            ...(status === undefined ? {} : { status }),
            ...(args.status === undefined ? {} : { requestedStatus: args.status }),
          },
        ],
      ] as const,
  ),
  fc
    .record({ title: fc.constant('a'), timezone: fc.constant('UTC') }, { requiredKeys: ['title'] })
    .map((args) => [{ tool: 'settings.update', args: { ...args } }, [{ kind: 'existing', type: 'settings' }]] as const),
  fc.constant([{ tool: 'site.info', args: {} }, []] as const),
);
const known = fc.record({
  login: fc.constantFrom('bot', 'Zoe', 'eve'),
  roles: fc.subarray(['editor', 'Author']),
  ip: fc.constantFrom('203.0.113.7', '192.0.2.1', '198.51.100.1', null),
  hour: fc.integer({ min: 0, max: 23 }),
});

/** The rule that a warning is about, as block and place. */
function ruleOf({ pointer }: Problem): readonly [string, number] | undefined {
  const parts = /^\/(\w+)\/(\d+)/.exec(pointer);
  return parts === null ? undefined : [parts[1] ?? '', Number(parts[2])];
}
const WHOLE = /never match|never makes a difference|never objects/;

describe('warnings', () => {
  it('are never wrong: what is said to have no effect has none, on any call', () => {
    const counted = { warnings: 0, decisions: 0, never: 0, overruled: 0, idle: 0 };
    fc.assert(
      fc.property(document, fc.array(fc.tuple(asked, known), { minLength: 12, maxLength: 12 }), (policy, calls) => {
        const full = parsed(policy);
        const all = compilePolicy(full, null);
        for (const warning of adviseOn(full, SKETCHES)) {
          const place = ruleOf(warning);
          if (place === undefined || !WHOLE.test(warning.message)) continue;
          const [block, index] = place;
          const rules = (policy as Record<string, readonly { id: string }[]>)[block] ?? [];
          const without = compilePolicy(
            parsed({ ...policy, [block]: rules.filter((_rule, at) => at !== index) }),
            null,
          );
          counted.warnings += 1;
          if (/never match/.test(warning.message)) counted.never += 1;
          if (/difference/.test(warning.message)) counted.overruled += 1;
          if (/objects/.test(warning.message)) counted.idle += 1;
          for (const [[call, entities], { hour, ...subject }] of calls) {
            const facts = someFacts({
              entities,
              now: new Date(Date.UTC(2026, 10, 22, hour)),
              subject: { agentId: null, userId: 7, ...subject },
              tool: { name: call.tool, effect: 'write' },
            });
            const decision = evaluate(all, call, facts);
            counted.decisions += 1;
            expect({ policy, warning, call, subject, effect: decision.effect }).toEqual({
              policy,
              warning,
              call,
              subject,
              effect: evaluate(without, call, facts).effect,
            });
            if (/never match/.test(warning.message))
              expect(decision.findings.map(({ rule }) => rule)).not.toContain(rules[index]?.id);
          }
        }
      }),
      { numRuns: 250 },
    );
    expect(Math.min(counted.never, counted.overruled, counted.idle)).toBeGreaterThan(15);
    console.info(
      `warnings: ${counted.warnings} of random policies, each right about ${counted.decisions} decisions in all`,
    );
  });

  it('of 5,000 rules that might all overrule each other take less than eight seconds', () => {
    const rules = Array.from({ length: 5_000 }, (_, index) => ({
      id: `r${index}`,
      match: { users: [`user${index}`] },
      effect: index % 2 === 0 ? 'deny' : 'allow',
    }));
    const policy = parsed({ tools: rules });
    const started = cpuMilliseconds();
    adviseOn(policy, SKETCHES);
    expect(cpuMilliseconds() - started).toBeLessThan(8_000);
  });
});
