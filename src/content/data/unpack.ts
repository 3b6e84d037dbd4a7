/**
 * Reads a packed table: one line for each target, the target's code points in base 36 joined by dots, a space, and its
 * sources in base 36, each but the first as the difference to the one before it.
 */
export function unpackCodePoints(packed: string): ReadonlyMap<number, string> {
  const table = new Map<number, string>();
  for (const line of packed.split('\n')) {
    const [target = '', sources = ''] = line.split(' ');
    if (sources === '') continue;
    const text = textOf(target);
    let last = 0;
    for (const step of sources.split(',')) {
      last += parseInt(step, 36);
      table.set(last, text);
    }
  }
  return table;
}

/** Reads the table of character references: names as HTML writes them, with or without their semicolon. */
export function unpackNames(packed: string): ReadonlyMap<string, string> {
  const table = new Map<string, string>();
  for (const line of packed.split('\n')) {
    const [target = '', names = ''] = line.split(' ');
    if (names === '') continue;
    const text = textOf(target);
    for (const name of names.split(',')) table.set(name, text);
  }
  return table;
}

function textOf(packed: string): string {
  return packed
    .split('.')
    .map((digits) => String.fromCodePoint(parseInt(digits, 36)))
    .join('');
}
