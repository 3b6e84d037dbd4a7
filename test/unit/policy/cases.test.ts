import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import type { Decision } from '../../../src/policy/decision.js';
import { evaluate } from '../../../src/policy/evaluate.js';
import type { Facts, PolicyCall } from '../../../src/policy/facts.js';
import { BLOCKS } from '../../../src/policy/rules/index.js';
import { aPolicy, someFacts } from '../../support/policies.js';

interface CaseFacts extends Partial<Omit<Facts, 'now' | 'subject'>> {
  readonly now?: string;
  readonly subject?: Partial<Facts['subject']>;
}

interface CaseFile {
  readonly block: string;
  readonly description: string;
  readonly policy: object;
  /** Lists of terms by name; their digests are their names. */
  readonly termLists?: Readonly<Record<string, readonly string[]>>;
  readonly facts?: CaseFacts;
  readonly cases: readonly {
    readonly name: string;
    readonly facts?: CaseFacts;
    readonly call: Partial<PolicyCall> & { readonly tool: string };
    readonly want: {
      readonly effect: string;
      readonly mode?: string;
      readonly approval?: Record<string, unknown>;
      readonly limits?: readonly Record<string, unknown>[];
      readonly findings: readonly Record<string, unknown>[];
    };
  }[];
}

const folder = fileURLToPath(new URL('../../cases/policy/', import.meta.url));
const files = readdirSync(folder).filter((name) => name.endsWith('.yaml'));
const read = (name: string): CaseFile => parse(readFileSync(folder + name, 'utf8')) as CaseFile;

function factsOf(...layers: readonly (CaseFacts | undefined)[]): Facts {
  return layers.reduce<Facts>((facts, layer = {}) => {
    const { now, subject, ...rest } = layer;
    return {
      ...facts,
      ...rest,
      ...(now === undefined ? {} : { now: new Date(now) }),
      subject: { ...facts.subject, ...subject },
    };
  }, someFacts());
}

/** A wanted `null` means that the member is absent. */
function expectFinding(found: Decision['findings'][number] | undefined, wanted: Record<string, unknown>): void {
  const present = Object.entries(wanted).filter(([, value]) => value !== null);
  expect(found).toMatchObject(Object.fromEntries(present));
  for (const [name, value] of Object.entries(wanted)) if (value === null) expect(found).not.toHaveProperty(name);
}

describe.each(files)('%s', (name) => {
  const file = read(name);
  const lists = Object.entries(file.termLists ?? {}).map(([list, terms]) => [list, { terms, digest: list }] as const);
  const policy = aPolicy(file.policy, 3, new Map(lists));

  it.each(file.cases)(`${file.description}: $name`, ({ facts: own, call, want }) => {
    const facts = factsOf(file.facts, own);
    const decision = evaluate(policy, { args: {}, ...call }, facts);
    expect(decision.findings.map(({ rule }) => rule)).toHaveLength(want.findings.length);
    want.findings.forEach((finding, index) => expectFinding(decision.findings[index], finding));
    expect(decision).toMatchObject({ effect: want.effect, policyVersion: 3, evaluatedAt: facts.now.toISOString() });
    if (want.mode !== undefined) expect(decision.mode).toBe(want.mode);
    expect(decision.limits).toMatchObject(want.limits ?? []);
    if (want.approval !== undefined) expect(decision.approval).toEqual(want.approval);
    expect(decision.approval !== null).toBe(decision.effect === 'ask');
    for (const { rule, source } of decision.findings) expect(source === undefined).toBe(rule.startsWith('('));
  });
});

describe('the cases', () => {
  it('cover every block', () => {
    expect(new Set(files.map((name) => read(name).block))).toEqual(new Set(Object.keys(BLOCKS)));
  });
});
