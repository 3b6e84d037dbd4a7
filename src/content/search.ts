import type { MappedText } from './mapped-text.js';

/** Questions about what comes next in a text. Positions only ever grow, so all of them together take linear time. */
export interface Search {
  /** Whether `word` (ASCII, compared ignoring case) stands at `at`. */
  has(at: number, word: string): boolean;
  /** Where `word` stands first at or after `at`, or -1. Askers who are at different places say for what they ask. */
  next(word: string, at: number, purpose?: string): number;
  /** Where the block delimiter ends whose attributes begin at or before `at`: after `}`, white space, and `-->` or `/-->`. */
  nextBlockEnd(at: number): number | undefined;
  skipSpace(at: number): number;
  /** The end of a name of letters, digits, `-`, `_` and `/` that starts at `at`. */
  skipName(at: number): number;
}

const isSpace = (codePoint: number | undefined): boolean =>
  codePoint === 0x20 || codePoint === 0x09 || codePoint === 0x0a || codePoint === 0x0c || codePoint === 0x0d;

export function makeSearch(text: MappedText): Search {
  const { codePoints, length } = text;
  const remembered = new Map<string, { readonly from: number; readonly found: number }>();
  const has = (at: number, word: string): boolean => {
    for (let i = 0; i < word.length; i += 1) {
      const codePoint = codePoints[at + i] ?? -1;
      const wanted = word.charCodeAt(i);
      if (at + i >= length || (codePoint !== wanted && lower(codePoint) !== wanted)) return false;
    }
    return true;
  };
  /** The first place at or after `at` where `test` holds; a place found for an earlier question answers later ones. */
  const first = (key: string, at: number, test: (at: number) => boolean): number => {
    const known = remembered.get(key);
    if (known !== undefined && at >= known.from && (known.found < 0 || known.found >= at)) return known.found;
    let found = at;
    while (found < length && !test(found)) found += 1;
    if (found >= length) found = -1;
    remembered.set(key, { from: at, found });
    return found;
  };
  const skip = (at: number, test: (codePoint: number | undefined) => boolean): number => {
    let end = at;
    while (end < length && test(codePoints[end])) end += 1;
    return end;
  };
  const skipSpace = (at: number): number => skip(at, isSpace);
  const blockEnd = (at: number): number | undefined => {
    if (codePoints[at] !== 0x7d || !isSpace(codePoints[at + 1])) return undefined;
    const mark = skipSpace(at + 1);
    const close = has(mark, '/') ? mark + 1 : mark;
    return has(close, '-->') ? close + 3 : undefined;
  };
  return {
    has,
    next: (word, at, purpose = '') => first(purpose + word, at, (place) => has(place, word)),
    nextBlockEnd: (at) => {
      const found = first('}', at, (place) => blockEnd(place) !== undefined);
      return found < 0 ? undefined : blockEnd(found);
    },
    skipSpace,
    skipName: (at) =>
      skip(at, (codePoint) => codePoint !== undefined && /[\w/-]/.test(String.fromCodePoint(Math.max(0, codePoint)))),
  };
}

function lower(codePoint: number): number {
  return codePoint >= 0x41 && codePoint <= 0x5a ? codePoint + 0x20 : codePoint;
}
