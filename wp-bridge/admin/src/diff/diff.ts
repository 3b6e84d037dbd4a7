export type DiffOp<T> =
  | { readonly kind: 'same'; readonly left: T; readonly right: T }
  | { readonly kind: 'removed'; readonly left: T }
  | { readonly kind: 'added'; readonly right: T };

/** Above this many comparisons a middle part counts as exchanged as a whole: a screen must not stand still over a text. */
const MOST_CELLS = 4_000_000;

/** What became of the items of `left` on the way to `right`: the longest common subsequence stays. */
export function diff<T>(
  left: readonly T[],
  right: readonly T[],
  isSame: (a: T, b: T) => boolean = Object.is,
): readonly DiffOp<T>[] {
  let start = 0;
  const least = Math.min(left.length, right.length);
  const equal = (i: number, j: number): boolean => isSame(left[i] as T, right[j] as T);
  while (start < least && equal(start, start)) start += 1;
  let end = 0;
  while (end < least - start && equal(left.length - 1 - end, right.length - 1 - end)) end += 1;
  const same = (from: number, to: number, shift: number): DiffOp<T>[] =>
    left.slice(from, to).map((item, place) => ({ kind: 'same', left: item, right: right[from + place + shift] as T }));
  return [
    ...same(0, start, 0),
    ...middle(left.slice(start, left.length - end), right.slice(start, right.length - end), isSame),
    ...same(left.length - end, left.length, right.length - left.length),
  ];
}

function middle<T>(left: readonly T[], right: readonly T[], isSame: (a: T, b: T) => boolean): readonly DiffOp<T>[] {
  const [rows, columns] = [left.length, right.length];
  const exchanged = (): DiffOp<T>[] => [
    ...left.map((item): DiffOp<T> => ({ kind: 'removed', left: item })),
    ...right.map((item): DiffOp<T> => ({ kind: 'added', right: item })),
  ];
  if (rows === 0 || columns === 0 || rows * columns > MOST_CELLS) return exchanged();
  const lengths = commonLengths(left, right, isSame);
  const width = columns + 1;
  const at = (row: number, column: number): number => lengths[row * width + column] ?? 0;
  const ops: DiffOp<T>[] = [];
  for (let row = 0, column = 0; row < rows || column < columns;) {
    const [one, other] = [left[row] as T, right[column] as T];
    if (row < rows && column < columns && isSame(one, other)) {
      ops.push({ kind: 'same', left: one, right: other });
      row += 1;
      column += 1;
    } else if (row < rows && (column >= columns || at(row + 1, column) >= at(row, column + 1))) {
      ops.push({ kind: 'removed', left: one });
      row += 1;
    } else {
      ops.push({ kind: 'added', right: other });
      column += 1;
    }
  }
  return ops;
}

/** Of the ends from each pair of places on. */
function commonLengths<T>(left: readonly T[], right: readonly T[], isSame: (a: T, b: T) => boolean): Uint32Array {
  const width = right.length + 1;
  const lengths = new Uint32Array((left.length + 1) * width);
  for (let row = left.length - 1; row >= 0; row -= 1) {
    for (let column = right.length - 1; column >= 0; column -= 1) {
      const place = row * width + column;
      lengths[place] = isSame(left[row] as T, right[column] as T)
        ? (lengths[place + width + 1] ?? 0) + 1
        : Math.max(lengths[place + width] ?? 0, lengths[place + 1] ?? 0);
    }
  }
  return lengths;
}

/** A piece of a text, and whether the other side has it too. */
export interface Piece {
  readonly text: string;
  readonly isChanged: boolean;
}

const words = (text: string): readonly string[] => text.match(/[\p{L}\p{N}_]+|\s+|[^\p{L}\p{N}_\s]/gu) ?? [];

/** Neighbours of a kind become one; a space between two changed words is changed with them, since people read phrases. */
function merged(pieces: readonly Piece[]): readonly Piece[] {
  const isBetween = (place: number): boolean =>
    /^\s+$/.test(pieces[place]?.text ?? '') &&
    pieces[place - 1]?.isChanged === true &&
    pieces[place + 1]?.isChanged === true;
  const found: Piece[] = [];
  for (const [place, own] of pieces.entries()) {
    const piece = { ...own, isChanged: own.isChanged || isBetween(place) };
    const last = found.at(-1);
    if (last !== undefined && last.isChanged === piece.isChanged)
      found[found.length - 1] = { ...last, text: last.text + piece.text };
    else found.push(piece);
  }
  return found;
}

/** Two versions of a text by words: each side's pieces in order. */
export function diffWords(
  left: string,
  right: string,
): { readonly left: readonly Piece[]; readonly right: readonly Piece[] } {
  const ops = diff(words(left), words(right));
  const side = (own: 'left' | 'right'): readonly Piece[] =>
    merged(
      ops.flatMap((op): readonly Piece[] => {
        if (op.kind === 'same') return [{ text: op[own], isChanged: false }];
        const text = op.kind === 'removed' ? (own === 'left' ? op.left : null) : own === 'right' ? op.right : null;
        return text === null ? [] : [{ text, isChanged: true }];
      }),
    );
  return { left: side('left'), right: side('right') };
}

/** A row of a comparison side by side. */
export interface DiffRow<T> {
  readonly left: T | null;
  readonly right: T | null;
  readonly isSame: boolean;
}

/** Removed items stand beside the added ones that took their place. */
export function rowsOf<T>(ops: readonly DiffOp<T>[]): readonly DiffRow<T>[] {
  const rows: DiffRow<T>[] = [];
  let [removed, added]: [T[], T[]] = [[], []];
  const flush = (): void => {
    for (let place = 0; place < Math.max(removed.length, added.length); place += 1)
      rows.push({ left: removed[place] ?? null, right: added[place] ?? null, isSame: false });
    [removed, added] = [[], []];
  };
  for (const op of ops) {
    if (op.kind === 'removed') removed.push(op.left);
    else if (op.kind === 'added') added.push(op.right);
    else {
      flush();
      rows.push({ left: op.left, right: op.right, isSame: true });
    }
  }
  flush();
  return rows;
}
