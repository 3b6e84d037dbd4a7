/**
 * Strings of which every match of an RE2 pattern holds at least one, in lower case, or undefined when none can be told.
 * Reads only what it is sure of: anything else in a pattern counts as "could be anything", so the answer never
 * hides a match. The pattern must be one that RE2 accepts.
 */
export function requiredLiterals(source: string): readonly string[] | undefined {
  const reader = new Reader(source);
  const node = reader.alternatives(0);
  const found = better(node.needs, node.exact);
  return found !== undefined && shortest(found) >= 2 ? found : undefined;
}

/** `exact`: the strings that a part matches and nothing else. `needs`: strings of which each of its matches holds one. */
interface Part {
  readonly exact?: readonly string[] | undefined;
  readonly needs?: readonly string[] | undefined;
}

type Strings = readonly string[] | undefined;

const ANYTHING: Part = {};
const NOTHING: Part = { exact: [''] };
/** More alternatives than this are no filter any more. */
const MOST = 64;
const DEEPEST = 200;

const shortest = (strings: readonly string[]): number => Math.min(...strings.map((text) => text.length));

function better(one: Strings, other: Strings): Strings {
  if (one === undefined || other === undefined) return one ?? other;
  return shortest(other) > shortest(one) ? other : one;
}

function joined(one: Strings, other: Strings): Strings {
  if (one === undefined || other === undefined || one.length * other.length > MOST) return undefined;
  return [...new Set(one.flatMap((head) => other.map((tail) => head + tail)))];
}

function inOrder(parts: readonly Part[]): Part {
  let exact: Strings = [''];
  let run: Strings = [''];
  let needs: Strings;
  for (const part of parts) {
    exact = joined(exact, part.exact);
    const longer = joined(run, part.exact);
    if (longer === undefined) {
      needs = better(needs, run);
      run = part.exact ?? [''];
    } else run = longer;
    needs = better(needs, part.needs);
  }
  needs = better(needs, run);
  return { exact, needs: needs !== undefined && shortest(needs) > 0 ? needs : undefined };
}

function anyOf(parts: readonly Part[]): Part {
  const all = (pick: (part: Part) => Strings): Strings => {
    const strings: string[] = [];
    for (const part of parts) {
      const picked = pick(part);
      if (picked === undefined) return undefined;
      strings.push(...picked);
    }
    return strings.length > MOST ? undefined : [...new Set(strings)];
  };
  return { exact: all((part) => part.exact), needs: all((part) => better(part.needs, part.exact)) };
}

class Reader {
  readonly #source: string;
  #at = 0;

  constructor(source: string) {
    this.#source = source;
  }

  alternatives(depth: number): Part {
    const parts = [this.#sequence(depth)];
    while (this.#source[this.#at] === '|') {
      this.#at += 1;
      parts.push(this.#sequence(depth));
    }
    const [only] = parts;
    return parts.length === 1 && only !== undefined ? only : anyOf(parts);
  }

  #sequence(depth: number): Part {
    const parts: Part[] = [];
    while (this.#at < this.#source.length && !'|)'.includes(this.#source[this.#at] ?? '')) {
      parts.push(this.#repeated(this.#atom(depth)));
    }
    return inOrder(parts);
  }

  #repeated(part: Part): Part {
    let repeated = part;
    for (;;) {
      const found = /^(?:[*+?]|\{(\d+)(?:,\d*)?\})\??/.exec(this.#source.slice(this.#at, this.#at + 16));
      if (found === null) return repeated;
      this.#at += found[0].length;
      const once = found[0].startsWith('+') || (found[1] !== undefined && Number(found[1]) > 0);
      repeated = once ? { needs: better(repeated.needs, repeated.exact) } : ANYTHING;
    }
  }

  #atom(depth: number): Part {
    const char = String.fromCodePoint(this.#source.codePointAt(this.#at) ?? 0);
    if (char === '(') return this.#group(depth);
    if (char === '[') return this.#class();
    if (char === '\\') return this.#escape();
    this.#at += char.length;
    if (char === '.') return ANYTHING;
    return char === '^' || char === '$' ? NOTHING : literal(char);
  }

  #group(depth: number): Part {
    const head = /^\((?:\?(?:P?<\w+>|[imsU-]*:))?/.exec(this.#source.slice(this.#at))?.[0] ?? '(';
    const flags = /^\(\?[imsU-]+\)/.exec(this.#source.slice(this.#at))?.[0];
    if (flags !== undefined) {
      this.#at += flags.length;
      return NOTHING;
    }
    if (depth > DEEPEST || (head === '(' && this.#source[this.#at + 1] === '?')) throw new Error('an unknown group');
    this.#at += head.length;
    const part = this.alternatives(depth + 1);
    this.#at += 1;
    return part;
  }

  #class(): Part {
    const found = /^\[\^?\]?(?:\[:\^?\w+:\]|[^\]\\]|\\[\s\S])*\]/.exec(this.#source.slice(this.#at))?.[0] ?? '[';
    this.#at += found.length;
    const inside = found.slice(1, -1);
    if (/[\\[\]^-]/.test(inside) || Array.from(inside).length > 6) return ANYTHING;
    return anyOf(Array.from(inside).map(literal));
  }

  #escape(): Part {
    const rest = this.#source.slice(this.#at);
    const quoted = /^\\Q([\s\S]*?)(?:\\E|$)/.exec(rest);
    if (quoted !== null) {
      this.#at += quoted[0].length;
      return inOrder(Array.from(quoted[1] ?? '').map(literal));
    }
    const whole = /^\\(?:[pP](?:\{[^}]*\}|.)|x(?:\{[^}]*\}|..)|[0-7]{1,3}|[\s\S])/u.exec(rest)?.[0] ?? '\\';
    this.#at += whole.length;
    if (/^\\[bBAzZ]$/.test(whole)) return NOTHING;
    return /^\\[^\w\s]$/u.test(whole) ? literal(whole.slice(1)) : ANYTHING;
  }
}

/** Characters whose case changes in ways of their own are left to the pattern itself. */
function literal(char: string): Part {
  const unit = char.charCodeAt(0);
  if (char.length > 1) return char.toLowerCase() === char.toUpperCase() ? { exact: [char] } : ANYTHING;
  const folded = foldUnit(unit);
  const upper = char.toUpperCase();
  return upper.length === 1 && foldUnit(upper.charCodeAt(0)) === folded
    ? { exact: [String.fromCharCode(folded)] }
    : ANYTHING;
}

/** A UTF-16 unit in small letters, as literals and texts are compared. RE2 takes ſ for s, K for k, ς for σ. */
export function foldUnit(unit: number): number {
  if (unit < 0x80) return unit >= 0x41 && unit <= 0x5a ? unit + 0x20 : unit;
  const known = folds[unit];
  if (known !== undefined && known !== 0) return known;
  const fold = slowFold(unit);
  folds[unit] = fold;
  return fold;
}
const folds = new Uint16Array(0x10000);

function slowFold(unit: number): number {
  if (unit === 0x017f) return 0x73;
  if (unit === 0x03c2) return 0x03c3;
  const lower = String.fromCharCode(unit).toLowerCase();
  return lower.length === 1 ? lower.charCodeAt(0) : unit;
}
