import { describe, expect, it } from '@jest/globals';
import { evaluate } from '../../../src/policy/evaluate.js';
import { explain, nextAllowedAt } from '../../../src/policy/explain.js';
import { aPolicy, someFacts } from '../../support/policies.js';

const decide = (document: object, args = {}) =>
  evaluate(aPolicy(document), { tool: 'posts.create', args }, someFacts());
const allow = { id: 'drafting', effect: 'allow' };
const sunday = { id: 'sundays', blackout: [{ days: ['sun'], from: '00:00', to: '24:00' }] };
const later = { id: 'monday', blackout: [{ days: ['sun', 'mon'], from: '20:00', to: '10:00' }] };
const author = { id: 'no-author', denyFields: ['/author'] };

describe('a decision in one sentence', () => {
  it('names the rule and its line', () => {
    expect(explain(decide({ tools: [allow] }))).toBe(
      'Allowed by rule "drafting" (line 4): The policy allows this tool.',
    );
  });

  it('names the instant at which it ends', () => {
    const sentence = explain(decide({ tools: [allow], time: [sunday] }));
    expect(sentence).toBe(
      'Denied by rule "sundays" (line 10): The policy has a blackout sun 00:00–24:00 (UTC); possible again at 2026-11-23T00:00:00.000Z.',
    );
  });

  it('says so when no rule spoke, and counts further reasons', () => {
    expect(explain(decide({}))).toMatch(/^Denied by the policy \(default\): No rule of the policy allows this call/);
    expect(explain(decide({ tools: [allow], time: [sunday, later] }))).toContain('; 1 more reason;');
  });
});

describe('the instant from which nothing refuses', () => {
  it('is the latest of the refusals', () => {
    expect(nextAllowedAt(decide({ tools: [allow], time: [sunday, later] }))).toBe('2026-11-23T10:00:00.000Z');
  });

  it('is unknown when time alone does not lift them, and when nothing refuses', () => {
    expect(
      nextAllowedAt(decide({ tools: [allow], time: [sunday], entities: [author] }, { author: 1 })),
    ).toBeUndefined();
    expect(nextAllowedAt(decide({ tools: [allow] }))).toBeUndefined();
  });
});
