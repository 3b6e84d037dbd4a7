import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { mappedFrom, sliceText } from '../../../src/content/mapped-text.js';
import type { MappedText } from '../../../src/content/mapped-text.js';
import { withoutMarkup } from '../../../src/content/markup.js';
import { unescaped } from '../../../src/content/unescape.js';

const read = (text: MappedText): string => sliceText(text, 0, text.length);
const undo = (text: string): string => read(unescaped(mappedFrom(text)));
const strip = (text: string): string => read(withoutMarkup(mappedFrom(text)));

const ENCODINGS: readonly ((char: string) => string)[] = [
  (char) => `&#${char.codePointAt(0) ?? 0};`,
  (char) => `&#x${(char.codePointAt(0) ?? 0).toString(16)};`,
  (char) => Array.from(new TextEncoder().encode(char), (byte) => `%${byte.toString(16).padStart(2, '0')}`).join(''),
  (char) => `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`,
];

describe('unescaped', () => {
  it.each([
    ['&lt;&gt;&quot;&amp;', '<>"&'],
    ['&notin; &not; &notx', '∉ ¬ ¬x'],
    ['&#115&#99am', 'scam'],
    ['&#x80000000; &#0;', '\ufffd \ufffd'],
    ['a%20b %zz 100%', 'a b %zz 100%'],
    ['%E2%82%AC %ff', '€ ÿ'],
    ['\\u0073\\x63\\141m', 'scam'],
    ['\\ud83d\\ude00', '😀'],
    ['a\\nb', 'a\nb'],
    ['C:\\path', 'C:\\path'],
    ['&amp;amp;amp;#x26;lt;', '<'],
    ['%252525', '%'],
    [`&#115%${'z'.repeat(60)} b`, `s%${'z'.repeat(60)} b`],
    ['%26%23115%3Bcam', 'scam'],
    ['s\\73 cam'.replace('s', ''), 'scam'],
    ['&bogus; & &;', '&bogus; & &;'],
  ])('reads %j as %j', (text, plain) => {
    expect(undo(text)).toBe(plain);
  });

  it('undoes any encoding of letters at any depth', () => {
    const letters = fc.stringMatching(/^[a-zа-яé一-三]{1,6}$/);
    fc.assert(
      fc.property(letters, fc.array(fc.nat(ENCODINGS.length - 1), { maxLength: 4 }), (text, layers) => {
        let encoded = text;
        for (const layer of layers) encoded = Array.from(encoded, (char) => ENCODINGS[layer]?.(char) ?? char).join('');
        expect(undo(encoded)).toBe(text);
      }),
      { numRuns: 300 },
    );
  });

  it('never throws, and every place lies in the text', () => {
    const signs = fc.array(
      fc.constantFrom('&', '#', 'x', ';', '%', '\\', 'u', '{', '}', '2', '5', '6', 'amp', 'lt', 'd8', ' '),
      { maxLength: 40 },
    );
    fc.assert(
      fc.property(signs, (parts) => {
        const text = parts.join('');
        const result = unescaped(mappedFrom(text));
        for (let at = 0; at < result.length; at += 1) {
          expect(result.starts[at]).toBeGreaterThanOrEqual(0);
          expect(result.ends[at]).toBeLessThanOrEqual(text.length);
        }
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('withoutMarkup', () => {
  it.each([
    ['a<b class="x>y">c</b>d', 'acd'],
    ['a<!-- > -->b<!-->c', 'abc'],
    ['a<!-- wp:x {"y":"-->"} -->b', 'ab'],
    ['a<!-- wp:x {"y":"}-->b', 'ab'],
    ['a<!-- never closed', 'a<!-- never closed'],
    ['1 < 2 and 3 > 2', '1 < 2 and 3 > 2'],
    ['a<b title="open>c</b>d', 'acd'],
    ['a<script>"</b>"</script>b', 'ab'],
    ['a<span style="display:none">x</span>b', 'ab'],
    ['a<p hiddenish>x</p>', 'ax'],
    ['[x y="1"]a[/x] b[0]', 'a b[0]'],
    ['<bdo dir="rtl">ab</bdo>', '\u202eab\u202c'],
  ])('shows %j as %j', (text, plain) => {
    expect(strip(text)).toBe(plain);
  });

  it('never throws', () => {
    const signs = fc.array(
      fc.constantFrom('<', '>', '!', '--', '"', "'", '=', '/', '[', ']', 'b', ' ', 'wp:', '{', '}', 'style', 'hidden'),
      { maxLength: 40 },
    );
    fc.assert(
      fc.property(signs, (parts) => expect(strip(parts.join('')).length).toBeGreaterThanOrEqual(0)),
      { numRuns: 2_000 },
    );
  });
});
