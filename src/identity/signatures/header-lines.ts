import { refuse, SINGLE_HEADERS, type HeaderLine, type Refusal } from './profile.js';

/** Headers by lower-case name; each value without the spaces around it (RFC 9421, section 2.1). */
export type Headers = ReadonlyMap<string, string>;

const FIELD_NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
/** RFC 9110, section 5.5: no line folding, no NUL, no other control character but the tab. */
// eslint-disable-next-line no-control-regex
const FIELD_VALUE = /^[^\x00-\x08\x0a-\x1f\x7f]*$/;

/** Node's `rawHeaders` (names and values in turn) as lines. */
export function pairHeaderLines(rawHeaders: readonly string[]): readonly HeaderLine[] {
  const lines: HeaderLine[] = [];
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    lines.push([rawHeaders[index] ?? '', rawHeaders[index + 1] ?? '']);
  }
  return lines;
}

/** Whether the request claims to be signed at all; such a request is verified or refused, never taken as unsigned. */
export function hasSignature(lines: readonly HeaderLine[]): boolean {
  return lines.some(([name]) => /^signature(?:-input)?$/i.test(name.trim()));
}

/**
 * Headers as a map, with lines of one name joined (RFC 9421, section 2.1). Folded lines, control characters and second
 * lines of the headers that `SINGLE_HEADERS` names are refused.
 */
export function readHeaders(
  lines: readonly HeaderLine[],
): Refusal | { readonly ok: true; readonly headers: Headers; readonly repeated: ReadonlySet<string> } {
  const headers = new Map<string, string>();
  const repeated = new Set<string>();
  for (const [rawName, rawValue] of lines) {
    const name = rawName.toLowerCase();
    if (!FIELD_NAME.test(name)) return refuse('request_malformed', 'A header has an invalid name.');
    if (!FIELD_VALUE.test(rawValue))
      return refuse('request_malformed', `The header ${name} holds a control character.`);
    const value = trimSpace(rawValue);
    const earlier = headers.get(name);
    if (earlier !== undefined) repeated.add(name);
    headers.set(name, earlier === undefined ? value : `${earlier}, ${value}`);
  }
  const twice = SINGLE_HEADERS.find((name) => repeated.has(name));
  return twice === undefined
    ? { ok: true, headers, repeated }
    : refuse('request_malformed', `The header ${twice} comes more than once.`);
}

/** Spaces and tabs alone (RFC 9110, section 5.6.3): `trim()` would also take what HTTP treats as content. */
function trimSpace(value: string): string {
  let start = 0;
  let end = value.length;
  const isSpace = (at: number): boolean => value[at] === ' ' || value[at] === '\t';
  while (start < end && isSpace(start)) start += 1;
  while (end > start && isSpace(end - 1)) end -= 1;
  return value.slice(start, end);
}
