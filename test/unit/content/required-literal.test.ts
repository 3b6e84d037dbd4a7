import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { RE2JS } from 're2js';
import { foldUnit, requiredLiterals } from '../../../src/content/required-literal.js';

const fold = (text: string): string =>
  Array.from({ length: text.length }, (_, at) => String.fromCharCode(foldUnit(text.charCodeAt(at)))).join('');

describe('requiredLiterals', () => {
  it.each([
    ['\\bFree\\s+money\\b', ['money']],
    ['(?:buy|order)\\s+(?:pills|powder)', ['pills', 'powder']],
    ['colou?r', ['colo']],
    ['(?i)ab[cd]ef', ['abcef', 'abdef']],
    ['x{2,}yz', ['yz']],
    ['(?:abc)+', ['abc']],
    ['\\Qa.b\\Ec', ['a.bc']],
    ['https?://', ['http']],
    ['\\d{16}', undefined],
    ['abc|\\d', undefined],
    ['(?:abc)*', undefined],
    ['[a-z]+', undefined],
    ['', undefined],
  ])('of %j are %j', (source, literals) => {
    expect(requiredLiterals(source)).toEqual(literals);
  });

  it('never hides a match', () => {
    const piece = fc.constantFrom('a', 'b', 'S', 'k', 'ſ', '.', '[ab]', '[^a]', '(?:ab|ba)', '(a|Kb)', '\\w', 'é', 'İ');
    const repeat = fc.constantFrom('', '', '', '?', '*', '+', '{2}', '{0,2}', '+?');
    const source = fc
      .array(fc.tuple(piece, repeat), { minLength: 2, maxLength: 4 })
      .map((parts) => parts.flat().join(''));
    const pattern = fc.array(source, { minLength: 1, maxLength: 2 }).map((parts) => parts.join('|'));
    const text = fc.array(fc.constantFrom(...Array.from('aAabsſSk\u212aéÉbk')), { minLength: 60, maxLength: 200 });
    let filtered = 0;
    fc.assert(
      fc.property(pattern, text, (regex, parts) => {
        const literals = requiredLiterals(regex);
        if (literals === undefined || !RE2JS.compile(regex, RE2JS.CASE_INSENSITIVE).test(parts.join(''))) return;
        filtered += 1;
        expect(literals.some((literal) => fold(parts.join('')).includes(literal))).toBe(true);
      }),
      { numRuns: 4_000 },
    );
    expect(filtered).toBeGreaterThan(50);
  });
});
