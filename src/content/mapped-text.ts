/** Stands where markup was: nothing to a reader of inline text, the edge of a word to a reader of blocks. */
export const SOFT_EDGE = -1;
/** The same for markup that starts a new line, which is white space to a pattern. */
export const BLOCK_EDGE = -2;

/** Parts two stretches of a text that don't follow one another: nothing is read across it. */
export const HARD_EDGE = -3;

/** A text as some reader takes it: its code points, and where in the original (in UTF-16 units) each one comes from. */
export interface MappedText {
  readonly length: number;
  readonly codePoints: Int32Array;
  readonly starts: Int32Array;
  readonly ends: Int32Array;
}

/** Collects code points with their origins; what was put last can be taken back and replaced. */
export class MappedTextBuilder implements MappedText {
  codePoints: Int32Array;
  starts: Int32Array;
  ends: Int32Array;
  length = 0;

  /** `capacity`: how many code points there will be at most; it grows when that was too few. */
  constructor(capacity: number) {
    this.codePoints = new Int32Array(capacity);
    this.starts = new Int32Array(capacity);
    this.ends = new Int32Array(capacity);
  }

  put(codePoint: number, start: number, end: number): void {
    if (this.length === this.codePoints.length) this.#grow();
    this.codePoints[this.length] = codePoint;
    this.starts[this.length] = start;
    this.ends[this.length] = end;
    this.length += 1;
  }

  /** Replaces everything from `from` on by `text`, whose origin is all that it replaces. */
  replaceTail(from: number, text: string): void {
    const start = this.starts[from] ?? 0;
    const end = this.ends[this.length - 1] ?? start;
    this.length = from;
    for (const char of text) this.put(char.codePointAt(0) ?? 0xfffd, start, end);
  }

  /** Up to `limit` code points from `from` on, as text; edges and bytes are left out. */
  sliceText(from: number, to: number): string {
    return sliceText(this, from, to);
  }

  #grow(): void {
    const size = Math.max(16, this.length * 2);
    const grown = (old: Int32Array): Int32Array => {
      const array = new Int32Array(size);
      array.set(old);
      return array;
    };
    this.codePoints = grown(this.codePoints);
    this.starts = grown(this.starts);
    this.ends = grown(this.ends);
  }
}

/** The text as written. A lone surrogate becomes U+FFFD, as it does in any encoder. */
export function mappedFrom(text: string): MappedText {
  const out = new MappedTextBuilder(text.length);
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit < 0xd800 || unit >= 0xe000) {
      out.put(unit, at, at + 1);
      continue;
    }
    const whole = text.codePointAt(at) ?? 0xfffd;
    out.put(whole > 0xffff ? whole : 0xfffd, at, at + (whole > 0xffff ? 2 : 1));
    if (whole > 0xffff) at += 1;
  }
  return out;
}

/** The code points from `from` up to `to` as text; marks of edges are left out. */
export function sliceText(text: MappedText, from: number, to: number): string {
  let slice = '';
  for (let at = Math.max(0, from); at < Math.min(to, text.length); at += 1) {
    const codePoint = text.codePoints[at] ?? 0;
    if (codePoint >= 0 && codePoint <= 0x10ffff) slice += String.fromCodePoint(codePoint);
  }
  return slice;
}

/** Whether two mapped texts read the same; their origins may differ. */
export function sameText(one: MappedText, other: MappedText): boolean {
  if (one.length !== other.length) return false;
  for (let at = 0; at < one.length; at += 1) if (one.codePoints[at] !== other.codePoints[at]) return false;
  return true;
}
