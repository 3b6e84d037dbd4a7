import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { MAX_JSON_DEPTH, parseStrictJson, parseStrictJsonBytes } from '../../../src/kernel/strict-json.js';
import { cpuMilliseconds } from '../../support/cpu-time.js';

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

function mustRefuse(text: string): string {
  const result = parseStrictJson(text);
  if (result.ok) throw new Error(`accepted: ${text.slice(0, 80)}`);
  return result.detail;
}

describe('what strict JSON accepts', () => {
  it.each([
    'null',
    'true',
    ' 1 ',
    '-0',
    '1e308',
    '""',
    '"\\u00e9\\ud83d\\ude00"',
    '[]',
    '{}',
    '\t[1,\r\n{"a":[{"a":1}]}]',
  ])('reads %j as JSON.parse does', (text) => {
    expect(parseStrictJson(text)).toEqual({ ok: true, value: JSON.parse(text) as unknown });
  });

  it('keeps a key apart from the same text as a value, and from the same key elsewhere', () => {
    const text = '{"a":"a","b":{"a":["a","a",{"a":1}]},"c":[{"a":1},{"a":2}],"__proto":"__proto__"}';
    expect(parseStrictJson(text)).toEqual({ ok: true, value: JSON.parse(text) as unknown });
  });

  it('agrees with JSON.parse on every document that says one thing only', () => {
    fc.assert(
      fc.property(fc.json({ depthSize: 'medium', maxDepth: 8 }), (text) => {
        const result = parseStrictJson(text);
        const forbidden = /"(?:__proto__|constructor|prototype)":/.test(text);
        if (!forbidden) expect(result).toEqual({ ok: true, value: JSON.parse(text) as unknown });
        expect(parseStrictJsonBytes(encode(text))).toEqual(result);
      }),
      { numRuns: 2_000, seed: 20261122 },
    );
  });
});

describe('what strict JSON refuses', () => {
  it.each([
    ['a key that comes twice', '{"a":1,"a":2}', /twice/],
    ['a key that comes twice, deep down', '[{"x":{"b":1,"c":{},"b":2}}]', /twice/],
    ['a key that comes twice, once escaped', '{"a":1,"\\u0061":2}', /twice/],
    ['a key that comes twice behind braces in a string', '{"a":"}{\\"","a":2}', /twice/],
    ['__proto__', '{"__proto__":{"admin":true}}', /not allowed/],
    ['an escaped __proto__', '{"\\u005f_proto__":1}', /not allowed/],
    ['constructor', '{"a":{"constructor":1}}', /not allowed/],
    ['prototype', '[{"prototype":1}]', /not allowed/],
    ['a lone high surrogate escape', '["\\ud800"]', /surrogate/],
    ['a lone low surrogate escape', '{"\\udc00":1}', /surrogate/],
    ['surrogates in the wrong order', '"\\udc00\\ud800"', /surrogate/],
    ['a lone surrogate as it is', '"\ud800"', /surrogate/],
    ['a byte order mark', '\ufeff{}', /byte order mark/],
    ['a number beyond a double', '[1e400]', /too large/],
    ['a negative number beyond a double', '{"a":-1e999}', /too large/],
    ['nothing', '', /not valid/],
    ['something behind the end', '{} {}', /not valid/],
    ['a trailing comma', '[1,]', /not valid/],
    ['a comment', '{/* */}', /not valid/],
    ['NaN', '[NaN]', /not valid/],
    ['a leading zero', '[01]', /not valid/],
    ['a control character in a string', '"\u0001"', /not valid/],
  ])('%s', (_name, text, detail) => {
    expect(mustRefuse(text)).toMatch(detail);
  });

  it('never quotes the document in its detail', () => {
    expect(mustRefuse('{"secret": hunter2}')).not.toContain('hunter');
    expect(mustRefuse('{"hunter2":1,"hunter2":2}')).not.toContain('hunter');
  });

  it.each([
    ['an overlong encoding', [0x22, 0xc0, 0xaf, 0x22]],
    ['a cut sequence', [0x22, 0xe2, 0x82, 0x22]],
    ['an encoded surrogate', [0x22, 0xed, 0xa0, 0x80, 0x22]],
    ['a byte order mark', [0xef, 0xbb, 0xbf, 0x7b, 0x7d]],
    ['UTF-16', [0x7b, 0x00, 0x7d, 0x00]],
  ])('bytes with %s', (_name, bytes) => {
    expect(parseStrictJsonBytes(Uint8Array.from(bytes)).ok).toBe(false);
  });

  it('containers deeper than the limit, and not one at the limit', () => {
    const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);
    expect(parseStrictJson(nested(MAX_JSON_DEPTH)).ok).toBe(true);
    expect(mustRefuse(nested(MAX_JSON_DEPTH + 1))).toMatch(/deeper than 64/);
    expect(mustRefuse('{"a":'.repeat(65) + '1' + '}'.repeat(65))).toMatch(/deeper than 64/);
    expect(mustRefuse(nested(1_000_000))).toMatch(/deeper|not valid/);
  });
});

describe('strict JSON under hostile input', () => {
  const fragments = [
    '{',
    '}',
    '[',
    ']',
    ',',
    ':',
    '"',
    '\\',
    '"a"',
    '"a":',
    '\\u',
    'd800',
    '1',
    '-',
    'e9',
    '.',
    'null',
    ' ',
    '\ud800',
    '"__proto__":',
  ];
  const hostile = fc.oneof(
    fc.array(fc.constantFrom(...fragments), { maxLength: 24 }).map((parts) => parts.join('')),
    fc.string({ unit: 'binary', maxLength: 40 }),
    fc
      .json({ maxDepth: 3 })
      .chain((text) => fc.nat(text.length).map((cut) => text.slice(0, cut) + '"' + text.slice(cut))),
  );

  /** Fragments in a random row (xorshift32): what fast-check's own arrays would take much longer to draw. */
  function scrambled(count: number): readonly string[] {
    let state = 8259;
    const dice = (below: number): number => {
      state ^= state << 13;
      state ^= state >>> 17;
      state ^= state << 5;
      return (state >>> 0) % below;
    };
    const row = (): string => Array.from({ length: 1 + dice(8) }, () => fragments[dice(fragments.length)]).join('');
    return Array.from({ length: count }, row);
  }

  it('answers 100,000 inputs without throwing, and accepts none that JSON.parse refuses', () => {
    const samples = [...fc.sample(hostile, { numRuns: 15_000, seed: 421 }), ...scrambled(85_000)];
    let accepted = 0;
    for (const text of samples) {
      const result = parseStrictJson(text);
      if (!result.ok) continue;
      accepted += 1;
      if (JSON.stringify(result.value) !== JSON.stringify(JSON.parse(text))) throw new Error(`differs: ${text}`);
    }
    console.info(`strict JSON: ${String(samples.length)} hostile inputs, ${String(accepted)} of them valid, 0 crashes`);
    expect(accepted).toBeGreaterThan(0);
    expect(accepted).toBeLessThan(samples.length);
  });

  it('answers bytes of every kind without throwing', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 32 }), (bytes) => typeof parseStrictJsonBytes(bytes).ok === 'boolean'),
      { numRuns: 5_000, seed: 421 },
    );
  });

  it('takes time in proportion to the length', () => {
    const millis = (text: string): number => {
      const start = cpuMilliseconds();
      parseStrictJson(text);
      return cpuMilliseconds() - start;
    };
    const documents = ['"' + '\\"'.repeat(500_000) + '"', `[${'"\\u0061",'.repeat(100_000)}1]`, '9'.repeat(1_000_000)];
    for (const text of documents) expect(millis(text)).toBeLessThan(2_000);
    const keys = Array.from({ length: 100_000 }, (_, index) => `"k${String(index)}":0`).join(',');
    expect(millis(`{${keys}}`)).toBeLessThan(2_000);
  });
});
