import { activeParts } from './active.js';
import { splitBlocks } from './blocks.js';
import { diff, diffWords, rowsOf, type Piece } from './diff.js';

/** A part of a text: as it is read, and all that is stored of it. */
export interface Cell {
  readonly tag: string | null;
  readonly text: string;
  readonly markup: string;
}

export interface ComparedRow {
  readonly left: Cell | null;
  readonly right: Cell | null;
  readonly isSame: boolean;
  /** What was stored differs in more than its reading shows, so the source has to be shown too. */
  readonly isUnread: boolean;
  /** Names of what comes with this row and isn't only text. */
  readonly active: readonly string[];
}

type Read = (markup: string) => string;

const changedWords = (pieces: readonly Piece[]): string =>
  pieces
    .filter(({ isChanged }) => isChanged)
    .flatMap(({ text }) => text.match(/[\p{L}\p{N}_]+|[^\p{L}\p{N}_\s]/gu) ?? [])
    .sort()
    .join(' ');

/** The words that differ in the source are those that differ in the reading, and no others. */
function isReadWhole(left: Cell, right: Cell): boolean {
  const [stored, read] = [diffWords(left.markup, right.markup), diffWords(left.text, right.text)];
  return (
    changedWords(stored.left) === changedWords(read.left) && changedWords(stored.right) === changedWords(read.right)
  );
}

function isUnread(left: Cell | null, right: Cell | null, active: readonly string[]): boolean {
  if (active.length > 0) return true;
  if (left === null || right === null) return (left ?? right)?.text === '';
  return left.text === right.text || !isReadWhole(left, right);
}

function compared(left: Cell | null, right: Cell | null): ComparedRow {
  const isSame = left?.tag === right?.tag && left?.text === right?.text && left?.markup === right?.markup;
  const active = isSame || right === null ? [] : activeParts(right.markup);
  return { left, right, isSame, isUnread: !isSame && isUnread(left, right, active), active };
}

/** By blocks, as they are read. Stored texts that differ always give a row that isn't the same. */
export function compareRead(before: string, after: string, read: Read): readonly ComparedRow[] {
  const cells = (text: string): readonly Cell[] =>
    splitBlocks(text).map(({ name, markup }) => ({ tag: name, text: read(markup), markup }));
  const isSame = (a: Cell, b: Cell): boolean => a.tag === b.tag && a.markup === b.markup;
  const rows = rowsOf(diff(cells(before), cells(after), isSame)).map(({ left, right }) => compared(left, right));
  if (before === after || rows.some((row) => !row.isSame)) return rows;
  const whole = (markup: string): Cell => ({ tag: null, text: '', markup });
  return [...rows, compared(whole(before), whole(after))];
}

/** By lines, as they are stored. */
export function compareStored(before: string, after: string): readonly ComparedRow[] {
  const cells = (text: string): readonly Cell[] =>
    text.split('\n').map((line) => ({ tag: null, text: line, markup: line }));
  const isSame = (a: Cell, b: Cell): boolean => a.text === b.text;
  return rowsOf(diff(cells(before), cells(after), isSame)).map((row) => ({ ...row, isUnread: false, active: [] }));
}

const UNSEEN = /[\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\u{e0000}-\u{e007f}]/gu;

/** Characters that turn a text round, or that nobody sees, by their numbers. */
export const withUnseen = (text: string): string =>
  text.replace(
    UNSEEN,
    (character) => `⟨U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}⟩`,
  );
