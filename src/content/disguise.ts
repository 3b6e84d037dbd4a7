/** How a letter came about, when it isn't simply written. */
export const PLAIN = 0;
/** A digit inside a word. */
export const DIGIT = 1;
/** A sign inside a word. */
export const SIGN = 2;
/** A capital I among small letters, a small l among capitals. */
export const CASE = 3;
/** Two letters that read as one: `rn`, `vv`. */
export const PAIR = 4;
export type Disguise = typeof PLAIN | typeof DIGIT | typeof SIGN | typeof CASE | typeof PAIR;

const code = (char: string): number => char.codePointAt(0) ?? 0;

/** Letters that a digit or sign is written for. The first one decides in which class it is looked for. */
const STANDS_FOR: Readonly<Record<string, string>> = {
  '0': 'o',
  '1': 'il',
  '2': 'z',
  '3': 'e',
  '4': 'a',
  '5': 's',
  '6': 'bg',
  '7': 't',
  '8': 'b',
  '9': 'gq',
  '@': 'a',
  $: 's',
  '!': 'il',
  '|': 'li',
  '+': 't',
  '(': 'c',
  '[': 'c',
  '{': 'c',
  '^': 'a',
  '°': 'o',
  '¡': 'i',
  '£': 'l',
  '¢': 'c',
  '¥': 'y',
  '§': 's',
  '©': 'c',
  '®': 'r',
  '×': 'x',
  µ: 'u',
};
const NONE: readonly number[] = [];
const standsFor: readonly (readonly number[] | undefined)[] = Object.entries(STANDS_FOR).reduce<
  (readonly number[] | undefined)[]
>(
  (table, [char, letters]) => {
    table[code(char)] = Array.from(letters, code);
    return table;
  },
  Array.from({ length: 0x100 }, () => undefined),
);
const EURO = [code('e')];

/** The letters that a digit or sign may be written for; none when it stands for nothing but itself. */
export function lettersFor(codePoint: number): readonly number[] {
  if (codePoint === 0x20ac) return EURO;
  return standsFor[codePoint] ?? NONE;
}

/** Letters that one sign may be written for share a class, so that one automaton finds them all: i and l, b with g and q. */
export function classOf(look: number): number {
  if (look === 0x69) return 0x6c;
  return look === 0x67 || look === 0x71 ? 0x62 : look;
}

/** A star inside a word stands for a vowel. */
export const STAR = 0x2a;

export function isVowel(letter: number): boolean {
  return letter === 0x61 || letter === 0x65 || letter === 0x69 || letter === 0x6f || letter === 0x75;
}

/** What a pair of letters reads as, or 0. */
export function pairOf(first: number, second: number): number {
  if (first === 0x72 && second === 0x6e) return 0x6d;
  return first === 0x76 && second === 0x76 ? 0x77 : 0;
}
