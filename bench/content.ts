/**
 * How long a scan takes against the length of the text (1 KB to 1 MB) and the number of terms (10 to 10,000, with 200
 * patterns), for plain prose, a post of blocks in HTML, text in disguise, and text made to be slow. Beside it, in the same
 * run, what a search without any views costs: every term by `includes` on the text in small letters.
 * Run with `npm run bench:content`.
 */
import { compileScanner } from '../src/content/index.js';
import type { Scanner } from '../src/content/index.js';

const KILOBYTE = 1_000;
const LENGTHS = [1, 10, 100, 1_000].map((count) => count * KILOBYTE);
const TERM_COUNTS = [10, 100, 1_000, 10_000];
const PATTERNS = 200;
const BAR = { length: 100 * KILOBYTE, terms: 10_000, milliseconds: 50 };

/** The same numbers in every run (a linear congruential generator), so that runs compare. */
function makeDraw(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return (state >>> 8) % below;
  };
}

const SYLLABLES =
  'ba ce di fo gu ha je ki lo mu na pe qui ro su ta ve wi xo yu zan ber con dis ent for gal hin ish'.split(' ');

function makeWord(draw: (below: number) => number): string {
  let word = '';
  for (let count = 2 + draw(3); count > 0; count -= 1) word += SYLLABLES[draw(SYLLABLES.length)] ?? '';
  return word;
}

/** Words that may stand in a text, none of which is a term, and terms made in the same way. */
function makeVocabulary(): { readonly words: readonly string[]; readonly terms: readonly string[] } {
  const draw = makeDraw(7);
  const words = new Set<string>();
  while (words.size < 4_000) words.add(makeWord(draw));
  const terms = new Set<string>();
  while (terms.size < 10_000) {
    const term = draw(8) === 0 ? `${makeWord(draw)} ${makeWord(draw)}` : makeWord(draw);
    if (!words.has(term)) terms.add(term);
  }
  return { words: [...words], terms: [...terms] };
}

function makePatterns(count: number): readonly string[] {
  const shapes = [
    (n: number) => `\\bfree\\s+offer${n}\\b`,
    (n: number) => `(?:buy|order)\\s+(?:pills|powder)${n}`,
    (n: number) => `account\\s*(?:no|number)?[.:]?\\s*${n}\\d{6,}`,
    (n: number) => `(?:\\w+\\s+){1,3}winner${n}`,
    (n: number) => `https?://[a-z0-9.-]*casino${n}\\.[a-z]{2,}`,
  ];
  return Array.from({ length: count }, (_, n) => shapes[n % shapes.length]?.(n) ?? `never${n}`);
}

type MakeText = (length: number) => string;

function fill(length: number, next: () => string): string {
  const parts: string[] = [];
  for (let size = 0; size < length;) {
    const part = next();
    parts.push(part);
    size += part.length;
  }
  return parts.join('').slice(0, length);
}

function makeTexts(words: readonly string[]): Readonly<Record<string, MakeText>> {
  const draw = makeDraw(11);
  const word = (): string => words[draw(words.length)] ?? '';
  const sentence = (): string => `${Array.from({ length: 9 }, word).join(' ')}. `;
  const disguised = (text: string): string => text.replaceAll('a', 'а').replaceAll('o', '0').replaceAll('e', 'е');
  const block = (): string =>
    `<!-- wp:paragraph {"align":"left","n":${draw(99)}} -->\n<p class="x">${sentence()}<b>${word()}</b> &amp; ` +
    `<a href="/a%20b?c=${draw(99)}">${word()}</a> ${sentence()}[gallery ids="${draw(99)}"]</p>\n<!-- /wp:paragraph -->\n`;
  return {
    prose: (length) => fill(length, sentence),
    blocks: (length) => fill(length, block),
    disguised: (length) => fill(length, () => disguised(sentence())),
    entities: (length) => '&amp;'.repeat(2).slice(0, 1) + fill(length - 1, () => 'amp;'),
    'open tags': (length) => fill(length, () => "<a b='><!--[x "),
    spaced: (length) => fill(length, () => `${Array.from(word()).join(' ')}  `),
    Thai: (length) => fill(length, () => 'ขายของถูกมากที่สุดในโลก'),
  };
}

interface Times {
  readonly p50: number;
  readonly p99: number;
}

function measure(work: () => void, rounds: number): Times {
  for (let round = 0; round < 3; round += 1) work();
  const times = Array.from({ length: rounds }, () => {
    const started = performance.now();
    work();
    return performance.now() - started;
  }).sort((one, other) => one - other);
  const at = (share: number): number => times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0;
  return { p50: at(0.5), p99: at(0.99) };
}

function makeScanner(terms: readonly string[], patterns: readonly string[]): Scanner {
  const started = performance.now();
  const made = compileScanner({
    terms: terms.map((text, n) => ({ id: `t${n}`, text })),
    patterns: patterns.map((source, n) => ({ id: `p${n}`, source })),
  });
  if (!made.ok) throw new Error(JSON.stringify(made.problems.slice(0, 3)));
  console.log(
    `${terms.length} terms and ${patterns.length} patterns compiled in ${(performance.now() - started).toFixed(0)} ms`,
  );
  return made.scanner;
}

const rounds = (length: number): number => (length >= 1_000 * KILOBYTE ? 5 : 300);

function main(): void {
  const { words, terms } = makeVocabulary();
  const texts = makeTexts(words);
  const patterns = makePatterns(PATTERNS);
  const lines: string[] = [];
  let missed = 0;
  for (const count of TERM_COUNTS) {
    const chosen = terms.slice(0, count);
    const scanner = makeScanner(chosen, patterns);
    for (const [kind, makeText] of Object.entries(texts)) {
      for (const length of LENGTHS) {
        const text = makeText(length);
        const { p50, p99 } = measure(() => void scanner.scan(text), rounds(length));
        const isBar = length === BAR.length && count === BAR.terms;
        if (isBar && p99 >= BAR.milliseconds) missed += 1;
        lines.push(
          row([
            kind,
            String(count),
            `${length / KILOBYTE} KB`,
            p50.toFixed(2),
            p99.toFixed(2),
            (p50 / (length / KILOBYTE)).toFixed(3),
            isBar ? (p99 < BAR.milliseconds ? 'met' : 'MISSED') : '',
          ]),
        );
      }
    }
    const plain = texts['prose']?.(BAR.length).toLowerCase() ?? '';
    const naive = measure(() => void chosen.filter((term) => plain.includes(term)), 10);
    lines.push(
      row(['(includes, one by one)', String(count), '100 KB', naive.p50.toFixed(2), naive.p99.toFixed(2), '', '']),
    );
  }
  console.log(row(['text', 'terms', 'length', 'p50 ms', 'p99 ms', 'ms/KB', `bar ${BAR.milliseconds} ms`]));
  for (const line of lines) console.log(line);
  console.log(missed === 0 ? 'bar met on every kind of text' : `bar missed on ${missed} kinds of text`);
}

function row(cells: readonly string[]): string {
  return cells.map((cell, at) => (at === 0 ? cell.padEnd(24) : cell.padStart(10))).join('');
}

main();
