import type { Disguise } from './disguise.js';

/** What stands between two letters, as bits. */
export const INVISIBLE = 1;
export const SOFT = 2;
export const SIGNS = 4;
export const SPACE = 8;
export const EDGE = 16;
/** Signs that end a sentence or part of one. */
export const STOP = 32;
/** Signs of which words are made, or lists: an apostrophe, a comma. */
export const LINK = 64;
/** Brackets and quotes; they are stops as well. */
export const BRACKET = 128;
/** What ends a word. */
export const BREAKS = SOFT | SIGNS | SPACE | EDGE;

const APOSTROPHES = new Set(Array.from("'’ʼ‘`´′＇ʻʹꞌ", (char) => char.charCodeAt(0)));

/** Whether nothing but an apostrophe stands before the letter at `place`: `don't` is one word. */
export function isLinked({ gaps, gapSizes, gapSigns }: LetterStream, place: number): boolean {
  const gap = gaps[place] ?? EDGE;
  return (gap & (SPACE | EDGE | STOP)) === 0 && gapSizes[place] === 1 && APOSTROPHES.has(gapSigns[place] ?? 0);
}

/**
 * The letters of a text one after the other with all else taken out, and beside each letter what was taken out before
 * it. Columns, because a stream holds as many letters as its text.
 */
export class LetterStream {
  length = 0;
  /** What an automaton reads. */
  symbols: Int32Array;
  letters: Int32Array;
  looks: Int32Array;
  marks: Int32Array;
  disguises: Uint8Array;
  /** How many times the letter stands here in a row, in a stream of runs. */
  runs: Int32Array;
  /** 1 where marks were dropped that no orthography knows. */
  noise: Uint8Array;
  /** The first and the last place in the text that belong to the letter. */
  from: Int32Array;
  to: Int32Array;
  /** What stands before the letter; one more than there are letters. */
  gaps: Uint8Array;
  /** The sign in a gap, or -1 when there are different ones, and how many signs there are. */
  gapSigns: Int32Array;
  gapSizes: Uint8Array;
  /** Answers about stretches of the stream, kept by whoever asks; they go when it is filled anew. */
  readonly answers = new Map<string, boolean>();

  constructor(capacity: number) {
    const size = Math.max(8, capacity + 1);
    this.symbols = new Int32Array(size);
    this.letters = new Int32Array(size);
    this.looks = new Int32Array(size);
    this.marks = new Int32Array(size);
    this.disguises = new Uint8Array(size);
    this.runs = new Int32Array(size);
    this.noise = new Uint8Array(size);
    this.from = new Int32Array(size);
    this.to = new Int32Array(size);
    this.gaps = new Uint8Array(size);
    this.gapSigns = new Int32Array(size);
    this.gapSizes = new Uint8Array(size);
  }

  /** Empties the stream; its memory is used again. `capacity`: how many letters there will be at least. */
  reset(capacity: number): void {
    this.answers.clear();
    if (capacity + 1 > this.symbols.length) {
      this.#resize(capacity + 1, false);
    } else {
      this.gaps.fill(0, 0, this.length + 1);
      this.gapSizes.fill(0, 0, this.length + 1);
      this.noise.fill(0, 0, this.length + 1);
    }
    this.length = 0;
  }

  /** Appends a letter that stands at `at` in the text; its gap is whatever was noted since the last one. */
  put(symbol: number, letter: number, marks: number, look: number, disguise: Disguise, at: number): void {
    if (this.length + 1 >= this.symbols.length) this.#resize(this.symbols.length * 2, true);
    const place = this.length;
    this.symbols[place] = symbol;
    this.letters[place] = letter;
    this.marks[place] = marks;
    this.looks[place] = look;
    this.disguises[place] = disguise;
    this.runs[place] = 1;
    this.from[place] = at;
    this.to[place] = at;
    this.length += 1;
  }

  /** Notes something that is no letter between the last letter and the next. */
  note(bits: number, sign = 0): void {
    const place = this.length;
    if (sign > 0) {
      const before = this.gapSizes[place] ?? 0;
      this.gapSigns[place] = before === 0 || this.gapSigns[place] === sign ? sign : -1;
      this.gapSizes[place] = Math.min(255, before + 1);
    }
    this.gaps[place] = (this.gaps[place] ?? 0) | bits;
  }

  #resize(size: number, keep: boolean): void {
    const wide = (old: Int32Array): Int32Array => {
      const array = new Int32Array(size);
      if (keep) array.set(old);
      return array;
    };
    const narrow = (old: Uint8Array): Uint8Array => {
      const array = new Uint8Array(size);
      if (keep) array.set(old);
      return array;
    };
    this.symbols = wide(this.symbols);
    this.letters = wide(this.letters);
    this.looks = wide(this.looks);
    this.marks = wide(this.marks);
    this.runs = wide(this.runs);
    this.from = wide(this.from);
    this.to = wide(this.to);
    this.gapSigns = wide(this.gapSigns);
    this.disguises = narrow(this.disguises);
    this.noise = narrow(this.noise);
    this.gaps = narrow(this.gaps);
    this.gapSizes = narrow(this.gapSizes);
  }
}
