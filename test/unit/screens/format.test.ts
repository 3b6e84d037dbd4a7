import { describe, expect, it } from '@jest/globals';
import { parsePolicy } from '../../../src/policy/parse.js';
import { suggestionsAt } from '../../../wp-bridge/admin/src/policy/complete.js';
import { withItem, withValue } from '../../../wp-bridge/admin/src/policy/edit-document.js';
import { blockForms } from '../../../wp-bridge/admin/src/policy/form-fields.js';
import { kindAt, MEMBERS, type Kind } from '../../../wp-bridge/admin/src/policy/format.js';

/** A document with an object of each kind, which holds one member that there isn't. */
const WITH: Readonly<Record<Kind, object>> = {
  document: { nonsense: 1 },
  match: { tools: [{ id: 'a', match: { nonsense: 1 }, effect: 'allow' }] },
  matchEntities: { tools: [{ id: 'a', match: { entities: { nonsense: 1 } }, effect: 'allow' }] },
  argument: { tools: [{ id: 'a', match: { args: [{ path: '/a', nonsense: 1 }] }, effect: 'allow' }] },
  tools: { tools: [{ nonsense: 1 }] },
  entities: { entities: [{ nonsense: 1 }] },
  time: { time: [{ nonsense: 1 }] },
  window: { time: [{ id: 'a', allow: [{ nonsense: 1 }] }] },
  content: { content: [{ nonsense: 1 }] },
  severities: { severities: { nonsense: 1 } },
  rateLimits: { rateLimits: [{ nonsense: 1 }] },
  approvals: { approvals: [{ nonsense: 1 }] },
  step: { approvals: [{ id: 'a', steps: [{ nonsense: 1 }] }] },
  approvers: { approvals: [{ id: 'a', steps: [{ name: 'x', approvers: { nonsense: 1 } }] }] },
  escalate: {
    approvals: [{ id: 'a', steps: [{ name: 'x', approvers: { roles: ['editor'] }, escalate: { nonsense: 1 } }] }],
  },
};

describe('the words of the policy screen', () => {
  it.each(Object.entries(WITH))('are those of the parser, in %s', (kind, document) => {
    const outcome = parsePolicy(JSON.stringify(document));
    const messages = outcome.ok ? [] : outcome.problems.map(({ message }) => message);
    const named = messages.find((message) => message.includes('There is no property "nonsense" here'));
    const known = [...(named ?? '').matchAll(/"(\w+)"/g)].map(([, word]) => word).filter((word) => word !== 'nonsense');
    expect([...MEMBERS[kind as Kind]].sort()).toEqual([...known].sort());
  });

  it('are suggested where they may stand, and not twice', () => {
    const text = '{ "formatVersion": 1, "time": [ { "id": "a", "allow": [ { "from": "09:00", "" } ] } ], "mode": "" }';
    const inWindow = suggestionsAt(text, text.indexOf('""') + 1, []);
    expect(inWindow.items).toEqual(['"days": ', '"to": ']);
    const atMode = suggestionsAt(text, text.lastIndexOf('""') + 1, []);
    expect(atMode.items).toEqual(['"suggest"', '"review"', '"autonomous"']);
    expect(text.slice(atMode.from, atMode.to)).toBe('""');
    expect(suggestionsAt('{ }', 2, []).items).toContain('"formatVersion": ');
    const globs = '{"tools":[{"match":{"tools":["posts.c"]}}]}';
    const atGlob = suggestionsAt(globs, globs.indexOf('c"') + 1, ['posts.create', 'pages.list']);
    expect(atGlob.items).toEqual(['"posts.create"']);
    expect(kindAt(['time', 0, 'allow', 0])).toBe('window');
    expect(kindAt(['time', 0, 'nonsense', 0])).toBeUndefined();
  });

  it('of new rules in the forms make a policy that is sound, and leave comments where they are', () => {
    let text = '{\n  // Ours.\n  "formatVersion": 1, "name": "x", "timezone": "site", "mode": "review", // how\n}\n';
    for (const [block, { template }] of Object.entries(blockForms()))
      text = withItem(text, [block], template(`${block}-1`));
    text = withValue(text, ['rateLimits', 0, 'limit'], 7);
    const outcome = parsePolicy(text);
    expect(outcome.ok ? [] : outcome.problems).toEqual([]);
    expect(text).toContain('// Ours.');
    expect(text).toContain('// how');
    expect(text).toContain('"limit": 7');
    for (const [block, { fields, template }] of Object.entries(blockForms())) {
      for (const { path } of fields) {
        let value: unknown = template(block);
        for (const part of path) value = (value as Record<string | number, unknown> | undefined)?.[part];
        if (!['match/tools', 'onViolation', 'fields', 'mode'].includes(path.join('/'))) expect(value).toBeDefined();
      }
    }
  });
});
