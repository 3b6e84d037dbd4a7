/** Writing systems in which a reader finds words without spaces between them. */
const UNSPACED =
  /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]$/u;

const SCRIPTS = [
  'Latin',
  'Cyrillic',
  'Greek',
  'Armenian',
  'Hebrew',
  'Arabic',
  'Cherokee',
  'Lisu',
  'Georgian',
  'Coptic',
  'Devanagari',
  'Han',
  'Hiragana',
  'Katakana',
  'Hangul',
] as const;
const tests = SCRIPTS.map((name) => [name, new RegExp(`^\\p{Script=${name}}$`, 'u')] as const);

interface Facts {
  readonly script: string;
  readonly unspaced: boolean;
}

const known = new Map<number, Facts>();
const KNOWN_AT_MOST = 30_000;

/** The alphabets that most texts are in are looked up by the number of the letter. */
const COMMON = 0x600;
const common: (Facts | undefined)[] = Array.from({ length: COMMON }, () => undefined);

function factsOf(letter: number): Facts {
  const before = letter >= 0 && letter < COMMON ? common[letter] : known.get(letter);
  if (before !== undefined) return before;
  const char = String.fromCodePoint(Math.max(0, letter));
  const script = tests.find(([, test]) => test.test(char))?.[0] ?? `block ${letter >> 7}`;
  const facts = { script, unspaced: UNSPACED.test(char) };
  if (letter >= 0 && letter < COMMON) common[letter] = facts;
  else {
    if (known.size >= KNOWN_AT_MOST) known.clear();
    known.set(letter, facts);
  }
  return facts;
}

/** The writing system of a letter; for the rarer ones a name that letters of one Unicode block share. */
export function scriptOf(letter: number): string {
  return letter < 0x250 ? 'Latin' : factsOf(letter).script;
}

/** Whether words in the letter's writing system stand side by side without spaces. */
export function isUnspaced(letter: number): boolean {
  return letter >= 0xe00 && factsOf(letter).unspaced;
}

export function isHangul(letter: number): boolean {
  return letter >= 0x1100 && factsOf(letter).script === 'Hangul';
}
