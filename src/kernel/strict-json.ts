import type { Json } from './json.js';

/** A parsed document, or why it is refused: words that are safe to show to whoever sent it. */
export type StrictJsonResult =
  { readonly ok: true; readonly value: Json } | { readonly ok: false; readonly detail: string };

/** Containers within containers. Deeper documents serve nobody but those who look for a recursive reader to exhaust. */
export const MAX_JSON_DEPTH = 64;

/** Keys that reach an object's prototype when a careless merge meets them (CWE-1321). */
const FORBIDDEN_KEYS: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

/** In Unicode mode a surrogate matches only where it has no partner (RFC 8259, section 8.2). */
const LONE_SURROGATE = /\p{Surrogate}/u;

const refuse = (detail: string): StrictJsonResult => ({ ok: false, detail });

/**
 * JSON from its bytes: UTF-8 without a byte order mark, then all that `parseStrictJson` asks for.
 * Two readers can't disagree about what these bytes say, which a signature over them relies on.
 */
export function parseStrictJsonBytes(bytes: Uint8Array): StrictJsonResult {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return refuse('The JSON is not valid UTF-8.');
  }
  return parseStrictJson(text);
}

/**
 * JSON as RFC 8259 has it, less what readers disagree about: keys that come twice, keys that name a prototype, lone
 * surrogates, a byte order mark, numbers beyond a double and containers deeper than 64. Linear in the text's length;
 * never throws.
 */
export function parseStrictJson(text: string): StrictJsonResult {
  if (text.startsWith('\uFEFF')) return refuse('The JSON starts with a byte order mark.');
  if (LONE_SURROGATE.test(text)) return refuse('The JSON holds half of a surrogate pair.');
  let value: Json;
  try {
    value = JSON.parse(text) as Json;
  } catch (error) {
    return refuse(`The text is not valid JSON${placeOf(error)}.`);
  }
  const problem = findAmbiguity(text);
  return problem === undefined ? { ok: true, value } : refuse(problem);
}

/** Where the engine stopped reading; its message also quotes the text, which stays out of replies and logs. */
function placeOf(error: unknown): string {
  const place = error instanceof Error ? /at position (\d+)/.exec(error.message) : null;
  return place === null ? '' : ` (at character ${place[1] ?? '?'})`;
}

const NUMBER_START: ReadonlySet<string> = new Set('-0123456789');
const NUMBER_PART: ReadonlySet<string> = new Set('-+.eE0123456789');

/** What is open at one point of the scan: an array, or an object with the keys it has shown so far. */
interface OpenContainer {
  readonly keys: Set<string> | undefined;
  expectsKey: boolean;
}

/** Walks text that is known to be valid JSON, token by token, without recursion and without backtracking. */
function findAmbiguity(text: string): string | undefined {
  const open: OpenContainer[] = [];
  let at = 0;
  while (at < text.length) {
    const end = endOfToken(text, at);
    const problem = readToken(text.slice(at, end), open);
    if (problem !== undefined) return `${problem} (at character ${String(at)}).`;
    at = end;
  }
  return undefined;
}

/** Strings and numbers are one token each; every other character is a token of its own. */
function endOfToken(text: string, start: number): number {
  let end = start + 1;
  if (text.charAt(start) === '"') {
    while (text.charAt(end) !== '"') end += text.charAt(end) === '\\' ? 2 : 1;
    return end + 1;
  }
  if (!NUMBER_START.has(text.charAt(start))) return end;
  while (NUMBER_PART.has(text.charAt(end))) end += 1;
  return end;
}

function readToken(token: string, open: OpenContainer[]): string | undefined {
  const innermost = open.at(-1);
  switch (token.charAt(0)) {
    case '{':
    case '[':
      open.push(token === '{' ? { keys: new Set(), expectsKey: true } : { keys: undefined, expectsKey: false });
      return open.length > MAX_JSON_DEPTH ? `The JSON is nested deeper than ${String(MAX_JSON_DEPTH)}` : undefined;
    case '}':
    case ']':
      open.pop();
      return undefined;
    case ',':
      if (innermost?.keys !== undefined) innermost.expectsKey = true;
      return undefined;
    case '"':
      return readString(token, innermost);
    default:
      if (!NUMBER_START.has(token.charAt(0))) return undefined;
      return Number.isFinite(Number(token)) ? undefined : 'A number is too large';
  }
}

function readString(token: string, container: OpenContainer | undefined): string | undefined {
  const text = token.includes('\\') ? (JSON.parse(token) as string) : token.slice(1, -1);
  if (LONE_SURROGATE.test(text)) return 'A string holds half of a surrogate pair';
  if (container?.keys === undefined || !container.expectsKey) return undefined;
  container.expectsKey = false;
  if (FORBIDDEN_KEYS.has(text)) return 'A key has a name that is not allowed';
  if (container.keys.has(text)) return 'A key comes twice in one object';
  container.keys.add(text);
  return undefined;
}
