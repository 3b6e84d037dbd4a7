import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { parsePolicy } from '../../../src/policy/parse.js';

const page = readFileSync(fileURLToPath(new URL('../../../docs/policy.md', import.meta.url)), 'utf8');
const examples = [...page.matchAll(/```jsonc\n([\s\S]*?)```/g)].map(([, example = '']) => example);

describe('docs/policy.md', () => {
  it.each(examples)('shows a policy that is sound: %s', (example) => {
    const text = example.startsWith('{') ? example : `{ "formatVersion": 1,\n${example}}`;
    const outcome = parsePolicy(text);
    expect(outcome.ok ? [] : outcome.problems).toEqual([]);
  });

  it('shows every property of the blocks that are evaluated', () => {
    expect(examples.length).toBeGreaterThan(4);
    const shown = ['tools', 'agents', 'users', 'roles', 'ips', 'entities', 'types', 'ids', 'statuses', 'args', 'path'];
    for (const name of [
      ...shown,
      'denyFields',
      'effect',
      'timezone',
      'allow',
      'blackout',
      'days',
      'from',
      'to',
      'name',
      'fields',
      'terms',
      'patterns',
      'severity',
      'severities',
      'per',
      'limit',
      'window',
      'steps',
      'approvers',
      'quorum',
      'expiresIn',
      'allowEdits',
    ]) {
      expect(examples.join('\n')).toContain(`"${name}":`);
    }
    for (const test of ['equals', 'in', 'matches', 'exists', 'longerThan', 'greaterThan'])
      expect(page).toContain(`"${test}":`);
  });
});

describe('the README of test/cases/policy', () => {
  it('stands beside files of cases alone', () => {
    const names = readdirSync(fileURLToPath(new URL('../../cases/policy/', import.meta.url)));
    expect(names.filter((name) => !/^[a-z-]+\.yaml$|^README\.md$/.test(name))).toEqual([]);
  });
});
