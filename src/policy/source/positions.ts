/** A place in the text as editors count it: both from 1, columns in UTF-16 code units. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** A mistake in a policy document and the place of the fault itself. `pointer` is RFC 6901. */
export interface Problem extends Position {
  readonly pointer: string;
  readonly message: string;
}

/** Translates offsets into positions; a line ends at \n, \r\n or a lone \r. Each question costs a binary search. */
export function positionsIn(text: string): (offset: number) => Position {
  const starts = [0];
  for (const ending of text.matchAll(/\r\n|\n|\r/g)) starts.push(ending.index + ending[0].length);
  return (offset) => {
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: offset - (starts[low] ?? 0) + 1 };
  };
}
