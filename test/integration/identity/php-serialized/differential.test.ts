import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import {
  decodePhpSerialized,
  isPhpArray,
  type PhpKey,
  type PhpValue,
} from '../../../../src/identity/php-serialized/index.js';

type Tagged =
  | readonly ['n', boolean]
  | readonly ['b', boolean]
  | readonly ['i', string]
  | readonly ['d', string]
  | readonly ['s', string]
  | readonly ['a', readonly (readonly [Tagged, Tagged])[]];
interface Case {
  readonly input: string;
  readonly accepted: boolean;
  readonly value: Tagged | null;
}

/** The classes of input that PHP accepts and the decoder refuses on purpose: the table in the decoder's README. */
const STRICTER = new Set([
  'unsupported_type',
  'not_canonical',
  'integer_range',
  'token_too_long',
  'key_not_text',
  'trailing_bytes',
  'too_deep',
]);

async function ask(seed: number, count: number): Promise<readonly Case[]> {
  const oracle = fileURLToPath(new URL('oracle.php', import.meta.url));
  const { stdout } = await promisify(execFile)('php', [oracle, String(seed), String(count)], { maxBuffer: 2 ** 28 });
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Case);
}

function bitsOf(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  const bits = Buffer.alloc(8);
  bits.writeDoubleBE(value);
  return bits.toString('hex');
}

const isNanBits = (hex: string): boolean => /^[7f]ff[89a-f]/.test(hex) && hex !== 'fff0000000000000';

function sameScalar(tag: string, expected: string, value: PhpValue | PhpKey): boolean {
  if (tag === 'i') return (typeof value === 'number' || typeof value === 'bigint') && String(value) === expected;
  if (tag === 'd') return typeof value === 'number' && bitsOf(value) === (isNanBits(expected) ? 'nan' : expected);
  const bytes =
    typeof value === 'string' ? Buffer.from(value) : value instanceof Uint8Array ? Buffer.from(value) : undefined;
  return bytes?.toString('base64') === expected;
}

function same(expected: Tagged, value: PhpValue): boolean {
  if (expected[0] === 'n') return value === null;
  if (expected[0] === 'b') return value === expected[1];
  if (expected[0] !== 'a') return sameScalar(expected[0], expected[1], value);
  if (!isPhpArray(value) || value.size !== expected[1].length) return false;
  const entries = [...value];
  return expected[1].every(([key, item], index) => {
    const entry = entries[index];
    return (
      entry !== undefined && typeof key[1] === 'string' && sameScalar(key[0], key[1], entry[0]) && same(item, entry[1])
    );
  });
}

/** '' when both agree, the reason when the decoder is stricter on purpose, else what is wrong. */
function verdict({ input, accepted, value }: Case): string {
  const result = decodePhpSerialized(Buffer.from(input, 'base64'));
  if (!result.ok)
    return !accepted ? '' : STRICTER.has(result.reason) ? result.reason : `wrongly refused: ${result.reason}`;
  if (!accepted || value === null) return 'wrongly accepted';
  return same(value, result.value) ? '' : 'another value';
}

describe('the decoder against the real unserialize()', () => {
  it('5,000 random values and mutations: the same verdict and the same value', async () => {
    const seed = Math.floor(Math.random() * 2 ** 31);
    const cases = await ask(seed, 5_000);
    const verdicts = new Map<string, number>();
    const faults: string[] = [];
    for (const one of cases) {
      const found = verdict(one);
      verdicts.set(found, (verdicts.get(found) ?? 0) + 1);
      if (found !== '' && !STRICTER.has(found)) faults.push(`${found} (seed ${seed}): ${one.input}`);
    }
    const accepted = cases.filter((one) => one.accepted).length;
    const stricter = [...verdicts].filter(([key]) => key !== '').map(([key, count]) => `${key} ${count}`);
    console.info(
      `php-serialized: ${cases.length} cases, ${accepted} accepted by PHP, stricter on purpose: ${stricter.join(', ')}`,
    );
    expect(faults).toEqual([]);
    expect(cases).toHaveLength(5_000);
    expect(accepted).toBeGreaterThan(2_000);
    expect(verdicts.get('') ?? 0).toBeGreaterThan(4_000);
  });
});
