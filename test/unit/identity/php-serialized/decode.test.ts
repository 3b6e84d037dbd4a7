import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  decodePhpSerialized,
  isPhpArray,
  phpTruthy,
  readStored,
} from '../../../../src/identity/php-serialized/index.js';

const bytes = (text: string): Uint8Array => Buffer.from(text, 'latin1');
const utf8 = (text: string): Uint8Array => Buffer.from(text, 'utf8');
const decoded = (text: string) => decodePhpSerialized(utf8(text));

describe('values that serialize() writes', () => {
  it.each<[string, unknown]>([
    ['N;', null],
    ['b:0;', false],
    ['b:1;', true],
    ['i:0;', 0],
    ['i:-42;', -42],
    ['i:9007199254740991;', 9007199254740991],
    ['i:9007199254740993;', 9007199254740993n],
    ['i:-9223372036854775808;', -9223372036854775808n],
    ['d:0.5;', 0.5],
    ['d:INF;', Infinity],
    ['d:-INF;', -Infinity],
    ['d:NAN;', NaN],
    ['d:-0;', -0],
    ['d:1.0E+25;', 1e25],
    ['s:0:"";', ''],
    ['s:6:"Zürü";', 'Zürü'],
    ['s:3:"a"b";', 'a"b'],
    ['s:3:"\uFEFF";', '\uFEFF'],
  ])('%s', (text, value) => {
    expect(decoded(text)).toEqual({ ok: true, value });
  });

  it('arrays keep order, gaps and kinds of keys', () => {
    const result = decoded('a:3:{i:7;s:1:"x";s:1:"k";a:0:{}i:-1;N;}');
    expect(result).toEqual({
      ok: true,
      value: new Map<string | number, unknown>([
        [7, 'x'],
        ['k', new Map()],
        [-1, null],
      ]),
    });
    expect(result.ok && isPhpArray(result.value) ? [...result.value.keys()] : []).toEqual([7, 'k', -1]);
  });
});

describe('PHP arrays as Maps', () => {
  it('a key named __proto__ is a key', () => {
    const result = decoded('a:1:{s:9:"__proto__";a:1:{s:13:"administrator";b:1;}}');
    const value = result.ok && isPhpArray(result.value) ? result.value : new Map();
    expect([...value.keys()]).toEqual(['__proto__']);
    expect(Object.getPrototypeOf(value)).toBe(Map.prototype);
    expect(value.get('administrator')).toBeUndefined();
  });

  it('text that spells an integer is that integer, and the last of two equal keys wins in the first place', () => {
    const result = decoded('a:4:{s:1:"5";i:1;s:2:"05";i:2;s:2:"-0";i:3;i:5;i:4;}');
    expect(result.ok && isPhpArray(result.value) ? [...result.value] : []).toEqual([
      [5, 4],
      ['05', 2],
      ['-0', 3],
    ]);
  });

  it('text beyond 64 bits stays text', () => {
    const result = decoded('a:1:{s:19:"9223372036854775808";i:1;}');
    expect(result.ok && isPhpArray(result.value) ? [...result.value.keys()] : []).toEqual(['9223372036854775808']);
  });
});

describe('refusals', () => {
  it.each([
    ['', 'truncated'],
    ['O:8:"stdClass":0:{}', 'unsupported_type'],
    ['C:1:"A":0:{}', 'unsupported_type'],
    ['E:3:"A:B";', 'unsupported_type'],
    ['S:1:"\\41";', 'unsupported_type'],
    ['a:2:{i:0;i:1;i:1;R:2;}', 'unsupported_type'],
    ['a:2:{i:0;i:1;i:1;r:2;}', 'unsupported_type'],
    ['i:05;', 'not_canonical'],
    ['i:+5;', 'not_canonical'],
    ['i:-0;', 'not_canonical'],
    ['s:01:"a";', 'not_canonical'],
    ['a:01:{i:0;i:1;}', 'not_canonical'],
    ['i:9223372036854775808;', 'integer_range'],
    ['a:1:{i:9007199254740993;N;}', 'integer_range'],
    ['a:1:{s:16:"9007199254740993";N;}', 'integer_range'],
    ['i:000000000000000000000000000000001;', 'token_too_long'],
    ['i:5', 'truncated'],
    ['i: 5;', 'syntax'],
    ['d:+INF;', 'syntax'],
    ['d:0x1A;', 'syntax'],
    ['d:1e;', 'syntax'],
    ['b:2;', 'syntax'],
    ['s:5:"abc";', 'truncated'],
    ['s:2:"abc";', 'syntax'],
    ['s:-1:"";', 'syntax'],
    ['a:1:{}', 'syntax'],
    ['a:0:{i:0;N;}', 'syntax'],
    ['a:999999999:{}', 'truncated'],
    ['a:1:{b:1;N;}', 'syntax'],
    ['a:1:{N;N;}', 'syntax'],
    ['i:1;i:2;', 'trailing_bytes'],
    ['a:0:{};', 'trailing_bytes'],
    ['N;\n', 'trailing_bytes'],
  ])('%s is refused as %s', (text, reason) => {
    expect(decoded(text)).toMatchObject({ ok: false, reason });
  });

  it('a string that is not UTF-8 stays bytes, a key that is not is refused', () => {
    expect(decodePhpSerialized(bytes('s:2:"\xC3\x28";'))).toEqual({ ok: true, value: Uint8Array.of(0xc3, 0x28) });
    expect(decodePhpSerialized(bytes('a:1:{s:1:"\xFF";N;}'))).toMatchObject({ reason: 'key_not_text' });
  });

  it('depth, size and elements are bounded', () => {
    const nested = (depth: number) => 'a:1:{i:0;'.repeat(depth) + 'N;' + '}'.repeat(depth);
    expect(decoded(nested(32))).toMatchObject({ ok: true });
    expect(decoded(nested(33))).toMatchObject({ reason: 'too_deep' });
    expect(decoded(nested(100_000))).toMatchObject({ ok: false });
    const limits = { bytes: 100, depth: 32, elements: 3 };
    expect(decodePhpSerialized(utf8(`s:200:"${'x'.repeat(200)}";`), limits)).toMatchObject({ reason: 'too_large' });
    const two = 'a:2:{i:0;a:2:{i:0;N;i:1;N;}i:1;N;}';
    expect(decodePhpSerialized(utf8(two), limits)).toMatchObject({ reason: 'too_many_elements' });
  });

  it('no bytes make it throw or hang', () => {
    const alphabet = 'abdisNOCRrSE:;{}"0123456789-+.eINFA\\'.split('');
    const soup = fc.array(fc.constantFrom(...alphabet), { maxLength: 60 }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 80 }), soup.map(bytes)), (input) => {
        expect(typeof decodePhpSerialized(input).ok).toBe('boolean');
      }),
      { numRuns: 20_000 },
    );
  });
});

describe('phpTruthy', () => {
  it.each([undefined, null, false, 0, -0, 0n, '', '0', new Map(), new Uint8Array()])('%p is false', (value) => {
    expect(phpTruthy(value)).toBe(false);
  });
  it.each([true, 1, -1n, 'a', '00', '0.0', NaN, new Map([[0, null]]), Uint8Array.of(0xff)])('%p is true', (value) => {
    expect(phpTruthy(value)).toBe(true);
  });
});

describe('readStored', () => {
  it.each<[string, unknown]>([
    ['1', '1'],
    ['', ''],
    ['b:0;', false],
    [' a:0:{}\n', new Map()],
    ['N;', null],
    ['North; south', 'North; south'],
  ])('%p', (text, value) => {
    expect(readStored(utf8(text))).toEqual({ ok: true, value });
  });
});
