import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { redact } from '../../../src/audit/redact.js';
import type { AuditEntry } from '../../../src/audit/audit-entry.js';
import type { JsonObject } from '../../../src/kernel/json.js';
import { evaluate } from '../../../src/policy/evaluate.js';
import { makeHangsOn } from '../../../src/policy/hidden-arguments.js';
import { recordedCall, recordFacts } from '../../../src/policy-versions/recorded-call.js';
import { aPolicy, someFacts } from '../../support/policies.js';

const LONG = 'x'.repeat(3_000);
const facts = someFacts({
  entities: [{ kind: 'existing', type: 'post', id: 3, status: 'draft', requestedStatus: 'publish' }],
});
const call = {
  tool: 'posts.create',
  args: { title: 'A', content: LONG, meta: { token: 'abc', colour: 'red' }, tags: [1, 2] },
};

/** As the log would give it back. */
function loggedAndBack(sent: { tool: string; args: JsonObject }) {
  const kept = redact(sent.args);
  const { agentId, userId, ip } = facts.subject;
  return recordedCall({
    actor: { agentId, userId, ip, credential: 'signature' },
    tool: sent.tool,
    arguments: kept,
    detail: { facts: JSON.parse(JSON.stringify(recordFacts(sent, facts, kept))) },
    findings: [],
  } as unknown as AuditEntry);
}
const hangs = (document: object, hidden: readonly string[]): string | undefined =>
  makeHangsOn(aPolicy(document).document)(call, facts, hidden);
const reading = (...args: readonly object[]): object => ({ tools: [{ id: 'r', effect: 'deny', match: { args } }] });

describe('a recorded call', () => {
  it('comes back with its facts, and says what the log left out', () => {
    expect(loggedAndBack(call)).toEqual({
      call: { ...call, args: redact(call.args) },
      facts,
      hidden: ['/content', '/meta/token'],
    });
  });

  it('says why it can not come back', () => {
    const entry = { actor: {}, tool: 'a', detail: {} } as unknown as AuditEntry;
    expect(recordedCall(entry)).toEqual({ why: 'it was refused before the policy was asked' });
    expect(recordedCall({ ...entry, findings: [] })).toEqual({ why: 'its facts were not kept' });
    expect(recordedCall({ ...entry, detail: { facts: { at: 'x' } } })).toEqual({
      why: 'its entry can no longer be read',
    });
  });
});

describe('a rule hangs on hidden arguments', () => {
  it.each<[string, object, string | undefined]>([
    ['when it compares one', reading({ path: '/content', matches: 'a' }), 'r'],
    ['when it compares what holds one', reading({ path: '/meta', equals: {} }), 'r'],
    ['when it looks inside one', reading({ path: '/content/raw', exists: true }), 'r'],
    ['when a star may mean one', reading({ path: '/meta/*', equals: 'b' }), 'r'],
    ['not when it asks whether it was there', reading({ path: '/content', exists: true }), undefined],
    ['not when it compares another', reading({ path: '/title', equals: 'A' }), undefined],
    [
      'not when it is ruled out by another argument',
      reading({ path: '/content', matches: 'a' }, { path: '/title', equals: 'B' }),
      undefined,
    ],
    [
      'not when it is about other tools',
      {
        tools: [
          { id: 'r', effect: 'deny', match: { tools: ['posts.trash'], args: [{ path: '/content', matches: 'a' }] } },
        ],
      },
      undefined,
    ],
    ['when it forbids a field beneath one', { entities: [{ id: 'r', denyFields: ['/content/raw'] }] }, 'r'],
    ['not when it forbids the field itself', { entities: [{ id: 'r', denyFields: ['/content'] }] }, undefined],
    ['when it searches every text', { content: [{ id: 'r', terms: ['a'], severity: 'high' }] }, 'r'],
    ['when it searches it', { content: [{ id: 'r', fields: ['/content'], terms: ['a'], severity: 'high' }] }, 'r'],
    [
      'not when it searches others',
      { content: [{ id: 'r', fields: ['/title'], terms: ['a'], severity: 'high' }] },
      undefined,
    ],
  ])('%s', (_name, document, expected) => {
    expect(hangs(document, ['/content', '/meta/token'])).toBe(expected);
    expect(hangs(document, [])).toBeUndefined();
  });

  it('or else decides the same on the arguments of the log as on those that were sent', () => {
    const args = fc.record({
      title: fc.constantFrom('A', LONG),
      content: fc.constantFrom('b', LONG),
      meta: fc.record({ token: fc.constantFrom('s', 't'), colour: fc.constantFrom('red', LONG) }),
    });
    const path = fc.constantFrom('/title', '/content', '/meta', '/meta/token', '/meta/*', '/meta/colour', '/*');
    const test = fc.oneof(
      fc.record({ path, equals: fc.constantFrom('A', 'b', 's', LONG) }),
      fc.record({ path, longerThan: fc.constantFrom(2, 2_999, 3_100) }),
      fc.record({ path, exists: fc.boolean() }),
      fc.record({ path, matches: fc.constantFrom('^x', 'redacted', 'sha256') }),
    );
    const document = fc.record({
      tools: fc
        .array(
          fc.record({
            effect: fc.constantFrom('allow', 'ask', 'deny'),
            match: fc.record({ args: fc.array(test, { minLength: 1, maxLength: 2 }) }),
          }),
          { maxLength: 4 },
        )
        .map((rules) => rules.map((rule, index) => ({ id: `t${index}`, ...rule }))),
      entities: fc.constantFrom([], [{ id: 'e', denyFields: ['/meta/token', '/content/raw'] }]),
      content: fc.constantFrom([], [{ id: 'c', fields: ['/meta'], terms: ['red'], severity: 'high' }]),
    });
    const counted = { decided: 0, hangs: 0 };
    fc.assert(
      fc.property(document, args, (written, sent) => {
        const policy = aPolicy(written);
        const asked = { tool: 'posts.create', args: sent as JsonObject };
        const back = loggedAndBack(asked);
        if ('why' in back) throw new Error(back.why);
        if (makeHangsOn(policy.document)(back.call, back.facts, back.hidden) !== undefined) {
          counted.hangs += 1;
          return;
        }
        counted.decided += 1;
        expect(evaluate(policy, back.call, back.facts)).toEqual(evaluate(policy, asked, facts));
      }),
      { numRuns: 1_500 },
    );
    expect(Math.min(counted.decided, counted.hangs)).toBeGreaterThan(150);
  });
});
