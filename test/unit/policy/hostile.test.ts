import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { compilePolicy } from '../../../src/policy/compile.js';
import { parsePolicy, parsePolicyValue } from '../../../src/policy/parse.js';
import { MISTAKES } from './mistakes.js';
import { cpuMilliseconds } from '../../support/cpu-time.js';
import { drawsFrom, type Draw } from '../../../dev/draws.js';

const MUTATIONS = 100_000;
/** Milliseconds for one document of a megabyte on a slow, busy machine; what grows with the square takes minutes. */
const PATIENCE = 5_000;

const SOUND = `{
  "formatVersion": 1, "timezone": "+05:30", // zone
  "tools": [{ "id": "a", "match": { "tools": ["posts.*"], "ips": ["10.0.0.0/8"], "args": [{ "path": "/x~1y", "matches": "^(a|b)+c{2,9}" }] }, "effect": "allow" }],
  "time": [{ "id": "t", "allow": [{ "days": ["mon"], "from": "22:00", "to": "06:00" }, { "from": "2026-11-27T00:00", "to": "2026-12-01T00:00" }] }],
  "entities": [{ "id": "e", "types": ["post"], "denyFields": ["/meta/*"] }],
}`;
const TOKENS = [
  ...['{', '}', '[', ']', ',', ':', '"', '\\', '/*', '*/', '//', '\n', '\r', 'null', '-', '1e999', '\u0000', '\ud800'],
  ...[
    '"id":',
    '"__proto__":',
    '"\\u0000"',
    '"tools":',
    '{"id":"a"}',
    '[[[[',
    '"(((("',
    '"a{1000}"',
    '\u{feff}',
    '\u2028',
  ],
];

function mutated(text: string, random: Draw): string {
  let result = text;
  for (let round = random(4); round >= 0; round -= 1) {
    const at = random(result.length + 1);
    const length = random(12);
    const inserted =
      random(2) === 0 ? (TOKENS[random(TOKENS.length)] ?? '') : result.slice(random(result.length + 1), at);
    result = result.slice(0, at) + inserted.slice(0, 60) + result.slice(at + length);
  }
  return result;
}

describe('hostile documents', () => {
  it('mutated ones never make the parser throw, and what it takes always compiles', () => {
    const seeds = [SOUND, ...MISTAKES.map(({ text }) => text.replaceAll('«', ''))].filter(
      ({ length }) => length < 2_000,
    );
    let sound = 0;
    for (let round = 0; round < MUTATIONS; round += 1) {
      const random = drawsFrom(round);
      const seed = random(3) === 0 ? SOUND : (seeds[random(seeds.length)] ?? '');
      const outcome = parsePolicy(mutated(seed, random));
      if (outcome.ok) {
        sound += 1;
        compilePolicy(outcome, 1);
      } else if (outcome.problems.length === 0 || outcome.problems.length > 201) throw new Error(`seed ${round}`);
    }
    console.info(`policy documents: ${MUTATIONS} mutated ones, ${sound} of them sound, 0 crashes`);
    expect(sound).toBeGreaterThan(MUTATIONS / 1_000);
  }, 120_000);

  it('any text and any value is answered', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => typeof parsePolicy(text).ok === 'boolean'),
    );
    fc.assert(fc.property(fc.anything(), (value) => typeof parsePolicyValue(value).ok === 'boolean'));
    fc.assert(fc.property(fc.json(), (text) => !parsePolicy(text).ok || text.includes('formatVersion')));
  });

  const filled = (piece: string, before = '', after = ''): string =>
    before + piece.repeat(Math.floor((990_000 - before.length - after.length) / Buffer.byteLength(piece))) + after;
  const rules = '{"formatVersion":1,"tools":[';
  const test = '{"formatVersion":1,"tools":[{"id":"a","effect":"deny","match":{"args":[';
  /** Up to 9,000 pieces that all differ, below a megabyte. */
  const numbered = (make: (index: number) => string, before: string, after: string): string => {
    const pieces: string[] = [];
    for (let index = 0, size = 0; index < 9_000 && size < 980_000; index += 1) {
      const piece = make(index);
      size += piece.length + 1;
      pieces.push(piece);
    }
    return before + pieces.join(',') + after;
  };

  it.each([
    ['open brackets', filled('[')],
    ['open objects', filled('{"a":')],
    ['garbage', filled('@ ')],
    ['commas', filled(',', '[')],
    ['colons', filled(':', '{')],
    ['quotes', filled('"')],
    ['open strings', filled('"\n')],
    ['backslashes', filled('\\', '"')],
    ['escaped quotes', filled('\\"', '"', '"')],
    ['slashes', filled('/')],
    ['comment openings', filled('/*')],
    ['line comments', filled('//\n', '', '{"formatVersion":1}')],
    ['line breaks', filled('\r\n', '', '{"formatVersion":1}')],
    ['digits', filled('9', '{"formatVersion":', '}')],
    ['unknown keys', numbered((index) => `"key ${index} ${'k'.repeat(90)}":1`, '{', '}')],
    ['one key again and again', filled('"a":1,', '{', '}')],
    ['one id again and again', filled('{"id":"a","effect":"deny"},', rules, ']}')],
    ['empty rules', filled('{},', rules, ']}')],
    ['one tool again and again', filled('"posts.*",', `${rules}{"id":"a","effect":"deny","match":{"tools":[`, ']}}]}')],
    ['stars', filled('*', `${rules}{"id":"a","effect":"deny","match":{"tools":["`, '"]}}]}')],
    ['patterns', numbered((index) => `{"path":"/a","matches":"(a|b)+${index}"}`, test, ']}}]}')],
    ['patterns of repeats', numbered((index) => `{"path":"/a","matches":"(?:x{90}){9}${index}"}`, test, ']}}]}')],
    ['patterns that do not close', numbered((index) => `{"path":"/a","matches":"((((${index}"}`, test, ']}}]}')],
    [
      'zones that do not exist',
      numbered((index) => `{"id":"${index}","timezone":"A/B${index}"}`, '{"formatVersion":1,"time":[', ']}'),
    ],
    ['bare words', filled('a ', '{"formatVersion":1,"tools":[', ']}')],
    ['tildes', filled('~', `${test}{"path":"/`, '"}]}}]}')],
  ])('a megabyte of %s is answered in time that grows with its length', (_what, text) => {
    const began = cpuMilliseconds();
    const outcome = parsePolicy(text);
    expect(cpuMilliseconds() - began).toBeLessThan(PATIENCE);
    expect(outcome.ok || outcome.problems.length > 0).toBe(true);
  });
});
