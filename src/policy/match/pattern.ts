import { RE2JS } from 're2js';

/** A compiled pattern: whether it is found anywhere in a text, in time linear in the text's length. */
export type Pattern = (text: string) => boolean;

/** Compiles an RE2 pattern. Throws what the engine throws; its message names the fault. */
export function compilePattern(source: string): Pattern {
  const compiled = RE2JS.compile(source);
  return (text) => compiled.matcher(text).find();
}

/** The engine's complaint without its preamble. */
export function patternFault(error: unknown): string {
  return error instanceof Error ? error.message.replace(/^error parsing regexp: /, '') : String(error);
}

/**
 * About how many instructions a pattern compiles to, never much too few: every `{n,m}` multiplies what it repeats, and
 * RE2 itself bounds only the product of nested ones. Asked before compiling, so that a small document can't
 * order a large amount of work.
 */
export function patternSize(source: string): number {
  const open: number[] = [0];
  let last = 0;
  const atom = (size: number): void => {
    last = size;
    open.push((open.pop() ?? 0) + size);
  };
  for (const [token] of source.matchAll(TOKENS)) {
    if (token === '(') open.push(0);
    else if (token === ')') atom(open.length > 1 ? (open.pop() ?? 0) + 2 : 1);
    else if (/^\{\d/.test(token)) atom(last * Math.max(0, ...repeatsOf(token).map((count) => count - 1)));
    else if (token.startsWith('\\Q')) atom(token.length);
    else atom(1);
  }
  return open.reduce((sum, size) => sum + size, 0);
}

/** Quoted text, an escape, a character class, a counted repeat, or any single character. */
const TOKENS =
  /\\[pP]\{[^}]*\}?|\\Q[^\\]*(?:\\(?!E)[^\\]*)*(?:\\E)?|\\[\s\S]|\[\^?\]?(?:[^\]\\]|\\[\s\S])*\]?|\{\d+(?:,\d*)?\}|[\s\S]/g;

function repeatsOf(token: string): readonly number[] {
  return (token.match(/\d+/g) ?? []).map(Number);
}
