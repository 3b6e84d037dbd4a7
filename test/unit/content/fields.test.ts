import { describe, expect, it } from '@jest/globals';
import { compileScanner, LIMITS } from '../../../src/content/index.js';
import type { Json } from '../../../src/kernel/json.js';

function scan(value: Json, pointers?: readonly string[]) {
  const made = compileScanner({ terms: [{ id: 'scam', text: 'scam' }], patterns: [] });
  if (!made.ok) throw new Error('scam is a term');
  const { hits, unscannable } = made.scanner.scanFields(value, pointers);
  return { found: hits.map(({ pointer }) => pointer), unscannable };
}

const nested = (depth: number, inside: Json): Json => (depth === 0 ? inside : [nested(depth - 1, inside)]);

describe('scanFields', () => {
  const post: Json = {
    title: 'a scam',
    meta: { 'a/b': ['x', 'ѕcam'], n: 5 },
    blocks: [{ text: 'scam' }, { text: 'fine' }],
  };

  it('looks at every string at any depth when there are no pointers', () => {
    expect(scan(post).found).toEqual(['/title', '/meta/a~1b/1', '/blocks/0/text']);
  });

  it('follows pointers with stars, and takes all that is in what they lead to', () => {
    expect(scan(post, ['/blocks/*/text']).found).toEqual(['/blocks/0/text']);
    expect(scan(post, ['/meta']).found).toEqual(['/meta/a~1b/1']);
    expect(scan(post, ['/meta/a~1b/1', '/none', '/title/0']).found).toEqual(['/meta/a~1b/1']);
    expect(scan(post, ['/meta', '/meta/a~1b']).found).toEqual(['/meta/a~1b/1']);
  });

  it('takes names of members and numbers as text', () => {
    expect(scan({ scam: { deep: 1 } }).found).toEqual(['/scam']);
    const made = compileScanner({ terms: [{ id: 'n', text: '4711' }], patterns: [] });
    expect(made.ok && made.scanner.scanFields({ a: 4711 }).hits.map(({ pointer }) => pointer)).toEqual(['/a']);
  });

  it('says what it didn’t look at, so that the caller denies', () => {
    const long = 'x'.repeat(LIMITS.characters);
    expect(scan({ a: long, b: 'y' }).unscannable).toEqual(
      [
        { pointer: '/a', reason: 'too long' },
        { pointer: '/b', reason: 'too long' },
      ].slice(0, 1),
    );
    expect(scan(nested(LIMITS.depth + 1, 'scam'))).toEqual({
      found: [],
      unscannable: [{ pointer: '/0'.repeat(LIMITS.depth + 1), reason: 'too deep' }],
    });
    expect(scan(nested(LIMITS.depth, 'scam')).found).toHaveLength(1);
    expect(scan(Array.from({ length: LIMITS.strings + 1 }, () => 'y')).unscannable).toEqual([
      { pointer: `/${LIMITS.strings}`, reason: 'too many strings' },
    ]);
    expect(scan({}, ['title']).unscannable).toEqual([{ pointer: 'title', reason: 'not a pointer' }]);
  });
});
