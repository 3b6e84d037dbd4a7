import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { outcome, samplePolicy } from '../../../dev/demo-story.js';
import { projectRoot } from '../../../dev/paths.js';
import { aliveByFingerprint, fingerprint } from '../../../dev/proc.js';
import { countJest, countJunit, table, total } from '../../../dev/test-counts.js';
import { mirrorOf } from '../../../dev/wordpress-files.js';

describe('counting tests', () => {
  const file = (name: string, status: string, ...statuses: string[]): object => ({
    name,
    status,
    assertionResults: statuses.map((each) => ({ status: each })),
  });
  const suites = countJest(
    {
      testResults: [
        file('/r/test/unit/a.test.ts', 'passed', 'passed', 'passed', 'pending'),
        file('/r/test/unit/b.test.ts', 'failed', 'failed', 'passed'),
        file('/r/test/http/c.test.ts', 'failed'),
      ],
    },
    (name) => name.split('/')[3] ?? '',
  );

  it("sums jest's files by project, and counts a file that couldn't be loaded as a failure", () => {
    expect(Object.fromEntries(suites)).toEqual({
      unit: { passed: 3, failed: 1, skipped: 1 },
      http: { passed: 0, failed: 1, skipped: 0 },
    });
    expect(total(suites)).toEqual({ passed: 3, failed: 2, skipped: 1 });
    expect(table(suites).split('\n').at(-1)).toMatch(/^all +3 +2 +1$/);
  });

  it("takes PHPUnit's sums from the outermost suite alone", () => {
    const xml = `<?xml version="1.0"?><testsuites>
      <testsuite name="" tests="12" assertions="30" errors="1" warnings="0" failures="2" skipped="3" time="0.1">
        <testsuite name="Inner" tests="5" errors="0" failures="0" skipped="0"/></testsuite></testsuites>`;
    expect(countJunit(xml)).toEqual({ passed: 6, failed: 3, skipped: 3 });
  });
});

describe('the mirror', () => {
  const targets = 'http://security.test/debian-security bookworm-security\nhttp://mirror.test/debian bookworm\n';
  it.each([
    ['bookworm', targets, 'http://mirror.test/debian'],
    ['trixie', targets, 'http://mirror.test/debian'],
    ['bookworm', '', undefined],
  ])('for %s', (codename, text, wanted) => {
    expect(mirrorOf(text, codename)).toBe(wanted);
  });
});

describe("the demo's policy", () => {
  const newsroom = readFileSync(join(projectRoot(), 'docs', 'policies', 'newsroom.jsonc'), 'utf8');
  it.each(Array.from({ length: 24 }, (_, hour) => hour))(
    'has publishing hours that do not hold at %i:59 UTC',
    (hour) => {
      const now = new Date(Date.UTC(2026, 10, 22, hour, 59));
      const [, from, to] = /"from": "(\d\d):00", "to": "(\d\d):00"/.exec(samplePolicy(newsroom, now, 'UTC')) ?? [];
      const hours = [0, 1].map((step) => (Number(from) + step) % 24);
      expect((Number(to) - Number(from) + 24) % 24).toBe(2);
      expect(hours).not.toContain(hour);
      expect(hours).not.toContain((hour + 1) % 24);
    },
  );
});

describe('an answer in words', () => {
  it.each([
    [{ status: 'executed', callId: 'call_1' }, 'executed'],
    [
      { code: 'capability_missing', title: 'The user lacks a WordPress capability.' },
      'refused, capability_missing (The user lacks a WordPress capability)',
    ],
    [
      {
        code: 'policy_time_denied',
        title: 'x',
        findings: [
          { effect: 'allow', message: 'no' },
          { effect: 'deny', message: 'Only by day.' },
        ],
      },
      'refused, policy_time_denied (Only by day)',
    ],
    [
      { status: 'pending_approval', approval: { steps: [{ name: 'desk' }, { name: 'chief' }] } },
      'waits for approval (desk, then chief)',
    ],
  ])('%j', (reply, words) => {
    expect(outcome(reply)).toBe(words);
  });
});

describe("a process's fingerprint", () => {
  it('names this process, and no other that may get its number', () => {
    const print = fingerprint(process.pid) ?? '';
    expect(aliveByFingerprint(print)).toBe(process.pid);
    expect(aliveByFingerprint(print.replace(/\d+$/, '1'))).toBeUndefined();
    expect(aliveByFingerprint('')).toBeUndefined();
  });
});
