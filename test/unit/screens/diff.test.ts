import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { splitBlocks } from '../../../wp-bridge/admin/src/diff/blocks.js';
import { diff, diffWords, rowsOf, type DiffOp } from '../../../wp-bridge/admin/src/diff/diff.js';

const lefts = <T>(ops: readonly DiffOp<T>[]): T[] => ops.flatMap((op) => (op.kind === 'added' ? [] : [op.left]));
const rights = <T>(ops: readonly DiffOp<T>[]): T[] => ops.flatMap((op) => (op.kind === 'removed' ? [] : [op.right]));
const items = fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 30 });

describe('comparing two lists', () => {
  it('leaves out nothing of either side, whatever they hold', () => {
    fc.assert(
      fc.property(items, items, (left, right) => {
        const ops = diff(left, right);
        expect(lefts(ops)).toEqual(left);
        expect(rights(ops)).toEqual(right);
        const rows = rowsOf(ops);
        expect(rows.flatMap((row) => (row.left === null ? [] : [row.left]))).toEqual(left);
        expect(rows.flatMap((row) => (row.right === null ? [] : [row.right]))).toEqual(right);
        expect(rows.every((row) => !row.isSame || row.left === row.right)).toBe(true);
      }),
    );
  });

  it('keeps what both have: nothing is changed between equal lists, and one item more is one addition', () => {
    fc.assert(
      fc.property(items, fc.nat(), (list, where) => {
        expect(diff(list, list).every(({ kind }) => kind === 'same')).toBe(true);
        const place = where % (list.length + 1);
        const longer = [...list.slice(0, place), 'new', ...list.slice(place)];
        expect(diff(list, longer).filter(({ kind }) => kind !== 'same')).toEqual([{ kind: 'added', right: 'new' }]);
      }),
    );
  });

  it('marks words, and not the words around them', () => {
    const { left, right } = diffWords('Rain until Thursday, maybe.', 'Rain until Friday, maybe.');
    expect(left.filter(({ isChanged }) => isChanged)).toEqual([{ text: 'Thursday', isChanged: true }]);
    expect(right.filter(({ isChanged }) => isChanged)).toEqual([{ text: 'Friday', isChanged: true }]);
    expect(right.map(({ text }) => text).join('')).toBe('Rain until Friday, maybe.');
  });

  it('marks a phrase as one, with the spaces between its words', () => {
    const { left } = diffWords('The ferry runs as planned.', 'The ferry stays in port.');
    expect(left.filter(({ isChanged }) => isChanged)).toEqual([{ text: 'runs as planned', isChanged: true }]);
  });

  it('gives long texts up as exchanged rather than stand still', () => {
    const numbers = (shift: number): number[] => Array.from({ length: 3_000 }, (_, place) => place * 2 + shift);
    const ops = diff(numbers(0), numbers(1));
    expect(ops).toHaveLength(6_000);
    expect(ops.some(({ kind }) => kind === 'same')).toBe(false);
  });
});

describe('the blocks of a content', () => {
  it.each([
    ['nothing', '', []],
    [
      'paragraphs without blocks',
      'One.\n\nTwo\nlines.',
      [
        [null, 'One.'],
        [null, 'Two\nlines.'],
      ],
    ],
    [
      'blocks, with attributes, void ones, and text between them',
      '<!-- wp:paragraph {"align":"left"} --><p>A</p><!-- /wp:paragraph -->\n\nloose\n\n<!-- wp:acme/map {"a":{"b":1}} /-->',
      [
        ['paragraph', '<!-- wp:paragraph {"align":"left"} --><p>A</p><!-- /wp:paragraph -->'],
        [null, 'loose'],
        ['acme/map', '<!-- wp:acme/map {"a":{"b":1}} /-->'],
      ],
    ],
    [
      'inner blocks, in their outermost one',
      '<!-- wp:group --><div><!-- wp:core/paragraph --><p>A</p><!-- /wp:core/paragraph --></div><!-- /wp:group -->',
      [
        [
          'group',
          '<!-- wp:group --><div><!-- wp:core/paragraph --><p>A</p><!-- /wp:core/paragraph --></div><!-- /wp:group -->',
        ],
      ],
    ],
    [
      'one that is never closed',
      'x\n\n<!-- wp:quote --><p>A</p>',
      [
        [null, 'x'],
        ['quote', '<!-- wp:quote --><p>A</p>'],
      ],
    ],
  ])('%s', (_what, content, wanted) => {
    expect(splitBlocks(content).map(({ name, markup }) => [name, markup])).toEqual(wanted);
  });

  it('loses nothing but blanks, whatever is opened and closed', () => {
    const word = fc.constantFrom(
      '<!-- wp:paragraph -->',
      '<!-- /wp:paragraph -->',
      '<!-- wp:more /-->',
      'text',
      '\n\n',
    );
    const bare = (text: string): string => text.replace(/\s/g, '');
    fc.assert(
      fc.property(fc.array(word, { maxLength: 12 }), (parts) => {
        const kept = splitBlocks(parts.join(' ')).map(({ markup }) => markup);
        expect(bare(kept.join(''))).toBe(bare(parts.join('')));
      }),
    );
  });
});
