import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import jsonPatch from 'fast-json-patch';
import { documentValue } from '../../../../src/policy/diff.js';
import { patchBetween } from '../../../../src/policy/diff-patch.js';
import type { Json } from '../../../../src/kernel/json.js';

/** Applies a patch with somebody else's reading of RFC 6902, which refuses paths that lead nowhere. */
function applied(from: Json, patch: readonly object[]): unknown {
  const copy = structuredClone(from);
  return jsonPatch.applyPatch(copy, structuredClone(patch) as Parameters<typeof jsonPatch.applyPatch>[1], true)
    .newDocument;
}

const word = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f/g', 'h~i', '');
const leaf = fc.oneof(word, fc.integer({ min: 0, max: 3 }), fc.boolean(), fc.constant(null));
const rule = fc.record(
  { id: word, effect: fc.constantFrom('allow', 'deny'), match: fc.record({ tools: fc.uniqueArray(word) }), n: leaf },
  { requiredKeys: ['id', 'effect'] },
);
const rules = fc.uniqueArray(rule, { selector: ({ id }) => id, maxLength: 8 });
const anything = fc.letrec((tie) => ({
  value: fc.oneof({ depthSize: 'small' }, leaf, fc.array(tie('value')), fc.dictionary(word, tie('value'))),
})).value as fc.Arbitrary<Json>;
const policy = fc.record({ name: word, tools: rules, time: rules, other: anything }, { requiredKeys: ['tools'] });

describe('a patch', () => {
  it('leads from one document to the other, in the hands of an independent applier', () => {
    let operations = 0;
    fc.assert(
      fc.property(policy as fc.Arbitrary<Json>, policy as fc.Arbitrary<Json>, (from, to) => {
        const patch = patchBetween(from, to);
        operations += patch.length;
        expect(applied(from, patch)).toEqual(to);
      }),
      { numRuns: 1_000 },
    );
    expect(operations).toBeGreaterThan(1_000);
  });

  it('leads between any two JSON values', () => {
    fc.assert(
      fc.property(anything, anything, (from, to) => {
        expect(applied({ at: from }, patchBetween({ at: from }, { at: to }))).toEqual({ at: to });
      }),
      { numRuns: 1_000 },
    );
  });

  it('is empty exactly between equal documents', () => {
    fc.assert(
      fc.property(policy as fc.Arbitrary<Json>, (document) => {
        expect(patchBetween(document, structuredClone(document))).toEqual([]);
      }),
    );
  });

  it('follows a rule by its id', () => {
    const [a, b, c] = [
      { id: 'a', n: 1 },
      { id: 'b', n: 1 },
      { id: 'c', n: 1 },
    ];
    const before = { tools: [a, b, c] };
    expect(patchBetween(before, { tools: [b, c] })).toEqual([{ op: 'remove', path: '/tools/0' }]);
    expect(patchBetween(before, { tools: [b, c, a] })).toEqual([{ op: 'move', from: '/tools/0', path: '/tools/2' }]);
    expect(patchBetween(before, { tools: [{ id: 'new' }, a, b, c] })).toEqual([
      { op: 'add', path: '/tools/0', value: { id: 'new' } },
    ]);
    expect(patchBetween(before, { tools: [c, a, { id: 'b', n: 2 }] })).toEqual([
      { op: 'move', from: '/tools/2', path: '/tools/0' },
      { op: 'replace', path: '/tools/2/n', value: 2 },
    ]);
  });

  it('keeps a key such as __proto__ an ordinary one', () => {
    const value = documentValue({ text: '{ "a": { "__proto__": [1] }, /* c */ "b": 1, }' });
    expect(JSON.stringify(value)).toBe('{"a":{"__proto__":[1]},"b":1}');
    expect(JSON.stringify(patchBetween({ a: {}, b: 1 }, value))).toBe(
      '[{"op":"add","path":"/a/__proto__","value":[1]}]',
    );
  });

  it('replaces a list in which almost everything moved, so that its cost is bounded', () => {
    const many = Array.from({ length: 10_000 }, (_, index) => ({ id: `r${index}` }));
    const reversed = [...many].reverse();
    expect(patchBetween({ tools: many }, { tools: reversed })).toEqual([
      { op: 'replace', path: '/tools', value: reversed },
    ]);
    const swapped = [...many.slice(5_000), ...many.slice(0, 5_000).slice(0, 900)];
    const patch = patchBetween({ tools: many }, { tools: swapped });
    expect(patch).toHaveLength(4_100 + 900);
    expect(applied({ tools: many }, patch)).toEqual({ tools: swapped });
  });
});
