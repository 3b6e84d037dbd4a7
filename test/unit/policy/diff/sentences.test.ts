import { describe, expect, it } from '@jest/globals';
import { diffPolicies } from '../../../../src/policy/diff.js';
import { parsePolicyValue, type ParsedPolicy } from '../../../../src/policy/parse.js';

function parsed(document: object | string): ParsedPolicy {
  const outcome = parsePolicyValue(typeof document === 'string' ? document : { formatVersion: 1, ...document });
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.problems));
  return outcome;
}
const between = (from: object | string, to: object | string): readonly string[] =>
  diffPolicies(parsed(from), parsed(to)).sentences;

const hours = (days: readonly string[] | undefined, from = '09:00', to = '18:00', more: object = {}): object => ({
  time: [{ id: 'office-hours', allow: [{ ...(days === undefined ? {} : { days }), from, to }], ...more }],
});
const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri'];
const tool = (effect: string, match: object = { tools: ['posts.publish'] }): object => ({
  tools: [{ id: 'one', match, effect }],
});
const step = (name: string, quorum: number): object => ({ name, approvers: { roles: ['editor'] }, quorum });
const approval = (steps: readonly object[], more: object = {}): object => ({
  approvals: [
    {
      id: 'publishing',
      match: { tools: ['posts.*'], args: [{ path: '/status', equals: 'publish' }] },
      steps,
      ...more,
    },
  ],
});
const entity = (more: object): object => ({ entities: [{ id: 'posts-only', match: { tools: ['posts.*'] }, ...more }] });
const limit = (more: object): object => ({
  rateLimits: [{ id: 'hourly', per: ['user'], limit: 100, window: '1h', ...more }],
});
const brand = (more: object): object => ({ content: [{ id: 'brand', terms: ['scam'], severity: 'low', ...more }] });

describe('sentences', () => {
  it.each<[string, object, object, readonly string[]]>([
    ['name', { name: 'Old' }, { name: 'New' }, ['The policy is now called "New".']],
    [
      'zone',
      {},
      { timezone: 'Europe/Berlin' },
      ["Hours now follow the time zone Europe/Berlin instead of the site's time zone."],
    ],
    [
      'mode',
      {},
      { mode: 'review' },
      ['The mode is now "review" instead of "autonomous": every change waits for approval.'],
    ],
    ['a new rule', {}, tool('allow'), ['Rule one is new: Publishing posts is allowed.']],
    [
      'a rule removed',
      tool('deny', { tools: ['posts.*'] }),
      {},
      ['Rule one was removed; it said: Anything with posts is denied.'],
    ],
    [
      'an effect',
      tool('allow'),
      tool('ask'),
      ['Publishing posts is now held for approval instead of allowed (rule one).'],
    ],
    [
      'more tools',
      tool('allow'),
      tool('allow', { tools: ['posts.publish', 'posts.trash'] }),
      ['The rule one now also covers the tools posts.trash.'],
    ],
    [
      'everybody',
      tool('allow', { users: ['zoe'] }),
      tool('allow', {}),
      ['The rule one no longer looks at users; it kept to zoe.'],
    ],
    [
      'an argument',
      tool('allow', {}),
      tool('allow', { args: [{ path: '/title', longerThan: 5 }] }),
      ['The rule one has another condition on the argument /title.'],
    ],
    ['a day', hours(weekdays), hours([...weekdays, 'sat']), ['The rule office-hours now also covers Saturday.']],
    [
      'fewer days',
      hours(weekdays),
      hours(['mon', 'tue']),
      ['The rule office-hours no longer covers Wednesday, Thursday and Friday.'],
    ],
    [
      'other hours',
      hours(['mon']),
      hours(['mon'], '09:00', '17:00'),
      ['The rule office-hours now covers mon 09:00–17:00 instead of mon 09:00–18:00.'],
    ],
    [
      'a softer violation',
      hours(['mon']),
      hours(['mon'], '09:00', '18:00', { onViolation: 'ask' }),
      ['Outside of the hours of the rule office-hours, a call is now held for approval instead of denied.'],
    ],
    [
      'an own zone',
      hours(['mon']),
      hours(['mon'], '09:00', '18:00', { timezone: 'UTC' }),
      ['The rule office-hours now follows the time zone UTC.'],
    ],
    [
      'a status',
      entity({ statuses: ['draft'] }),
      entity({ statuses: ['draft', 'pending'] }),
      ['The rule posts-only now also covers the statuses pending.'],
    ],
    [
      'a field',
      entity({ denyFields: ['/author'] }),
      entity({ denyFields: ['/author', '/slug'] }),
      ['The rule posts-only now protects /slug.'],
    ],
    [
      'a first approval',
      {},
      approval([step('desk', 2)]),
      [
        'Rule publishing is new: Publishing posts, where it matches, needs two approvals within 1 day: desk (two votes of role editor).',
      ],
    ],
    [
      'another approval',
      approval([step('desk', 1)]),
      approval([step('desk', 1), step('legal', 1)]),
      [
        'Publishing posts now needs two approvals instead of one approval (rule publishing).',
        'The steps of the rule publishing are now: desk (one vote of role editor), then legal (one vote of role editor).',
      ],
    ],
    [
      'an escalation',
      approval([step('desk', 1)]),
      approval([{ ...step('desk', 1), escalate: { after: '2h', to: { roles: ['administrator'], users: ['zoe'] } } }]),
      [
        'The steps of the rule publishing are now: desk (one vote of role editor, after 2 hours also of role administrator or zoe).',
      ],
    ],
    [
      'an expiry',
      approval([step('desk', 1)]),
      approval([step('desk', 1)], { expiresIn: '90m' }),
      ['Approvals of the rule publishing now expire after 90 minutes instead of 1 day.'],
    ],
    [
      'edits',
      approval([step('desk', 1)]),
      approval([step('desk', 1)], { allowEdits: true }),
      ['Whoever approves under the rule publishing may now edit the call.'],
    ],
    [
      'a limit',
      limit({}),
      limit({ limit: 50, per: ['user', 'tool'] }),
      [
        'The rule hourly now lets through 50 calls in any 1 hour for each user and tool instead of 100 calls in any 1 hour for each user.',
      ],
    ],
    [
      'a window',
      limit({ per: ['site'] }),
      limit({ per: ['site'], window: 'day' }),
      [
        'The rule hourly now lets through 100 calls in a calendar day for the whole site instead of 100 calls in any 1 hour for the whole site.',
      ],
    ],
    ['a term', brand({}), brand({ terms: ['scam', 'fraud'] }), ['The rule brand now also looks for "fraud".']],
    [
      'a list of terms',
      brand({ termLists: ['press'] }),
      brand({ termLists: ['shop'] }),
      [
        'The rule brand now also looks for the terms of the list "shop".',
        'The rule brand no longer looks for the terms of the list "press".',
      ],
    ],
    [
      'a severity',
      brand({}),
      brand({ severity: 'high' }),
      ['A hit of the rule brand is now of high severity instead of low.'],
    ],
    [
      'what severity means',
      {},
      { severities: { medium: 'deny' } },
      ['Content of medium severity is now denied instead of held for approval.'],
    ],
    ['fields searched', brand({}), brand({ fields: ['/title'] }), ['The rule brand now searches /title alone.']],
  ])('say %s', (_name, from, to, expected) => {
    expect(between(from, to)).toEqual(expected);
  });

  it('tell what means nothing from what does', () => {
    const [plain, commented] = ['{ "formatVersion": 1 }', '{ "formatVersion": 1 } // ours'];
    expect(between(plain, plain)).toEqual(['Nothing changed: the texts are the same.']);
    expect(between(plain, commented)).toEqual(['Only comments and spacing changed; every call is decided as before.']);
    const [one, two] = [
      { id: 'one', effect: 'allow' },
      { id: 'two', effect: 'deny' },
    ];
    expect(between({ tools: [one, two] }, { tools: [two, one] })).toEqual([
      'Only the order or the spelling changed; every call is decided as before.',
    ]);
    expect(between({}, { timezone: 'site' })).toHaveLength(1);
  });

  it('leave no change of meaning out', () => {
    const rules = [
      { id: 'a', effect: 'allow' },
      { id: 'a', effect: 'allow', match: { ips: ['::1'] } },
      { id: 'a', effect: 'allow', match: { roles: ['editor'] } },
      { id: 'a', effect: 'allow', match: { agents: ['agt_00000000000000000000'] } },
      { id: 'a', effect: 'allow', match: { entities: { ids: [1] } } },
      { id: 'a', effect: 'allow', match: { entities: { types: ['post'] } } },
      { id: 'a', effect: 'allow', match: { entities: { statuses: ['draft'] } } },
      { id: 'a', effect: 'allow', match: { args: [{ path: '/a', exists: true }] } },
      { id: 'a', effect: 'allow', match: { args: [{ path: '/a', exists: false }] } },
    ];
    for (const from of rules) {
      for (const to of rules) {
        const sentences = between({ tools: [from] }, { tools: [to] });
        expect(sentences.length).toBeGreaterThan(0);
        if (from !== to) expect(sentences.join(' ')).not.toMatch(/Nothing|Only|another way/);
      }
    }
  });
});
