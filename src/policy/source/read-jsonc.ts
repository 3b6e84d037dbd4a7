import { createScanner, parseTree, type Node, type ParseError } from 'jsonc-parser';
import { LIMITS } from '../limits.js';

/** A fault of the text itself, before it means anything. */
export interface SyntaxFault {
  readonly offset: number;
  readonly message: string;
}

export interface SyntaxTree {
  readonly root: Node | undefined;
  readonly faults: readonly SyntaxFault[];
}

/**
 * Reads JSON with comments and trailing commas into a tree with offsets. Mends what it can and goes on, so that the
 * faults behind a first one are found too. Never throws: nesting is counted first, since the parser recurses.
 */
export function readJsonc(text: string): SyntaxTree {
  const tooDeep = offsetOfDepth(text, LIMITS.depth);
  if (tooDeep !== undefined) {
    return {
      root: undefined,
      faults: [{ offset: tooDeep, message: `This is nested too deeply; ${LIMITS.depth} levels are the most.` }],
    };
  }
  const errors: ParseError[] = [];
  const root = parseTree(text, errors, { allowTrailingComma: true, disallowComments: false });
  if (root === undefined && errors.length === 0) return { root, faults: [{ offset: 0, message: EMPTY }] };
  return { root, faults: withoutEchoes(text, errors).map((error) => faultOf(text, error)) };
}

const EMPTY = 'The document is empty; a policy is one object in braces.';

/** Kinds of tokens (jsonc-parser's SyntaxKind is a const enum, which isolated modules can't read). */
const OPENING: ReadonlySet<number> = new Set([1, 3]);
const CLOSING: ReadonlySet<number> = new Set([2, 4]);
const END_OF_TEXT = 17;

/** The offset at which the text first nests deeper than allowed, as the parser's own scanner sees it. */
function offsetOfDepth(text: string, allowed: number): number | undefined {
  const scanner = createScanner(text, true);
  let depth = 0;
  for (let kind: number = scanner.scan(); kind !== END_OF_TEXT; kind = scanner.scan()) {
    if (OPENING.has(kind)) depth += 1;
    else if (CLOSING.has(kind)) depth = Math.max(0, depth - 1);
    if (depth > allowed) return scanner.getTokenOffset();
  }
  return undefined;
}

const BARE_WORD: ReadonlySet<number> = new Set([1]);
/** Numbers of errors that say what was expected instead: a property name, a value, a colon, a comma. */
const EXPECTED: ReadonlySet<number> = new Set([3, 4, 5, 6]);

/**
 * The faults without those that only follow from another: a place is named once; what is unexpected right behind a
 * fault, or on the line of a bare word, isn't a second fault, nor is what an earlier fault leaves open at the end.
 */
function withoutEchoes(text: string, errors: readonly ParseError[]): readonly ParseError[] {
  const kept: ParseError[] = [];
  const end = text.trimEnd().length;
  let behind: number | undefined;
  let lineOfWord = '';
  for (const error of errors) {
    if (kept.length > LIMITS.problems) break;
    const between = behind === undefined ? '' : text.slice(behind, error.offset);
    if (/[\r\n]/.test(between)) lineOfWord = '';
    const follows = EXPECTED.has(error.error) && behind !== undefined && (lineOfWord !== '' || between.trim() === '');
    const leftOpen = error.offset >= end && kept.length > 0;
    if (!follows && !leftOpen && kept.at(-1)?.offset !== error.offset) kept.push(error);
    behind = error.offset + error.length;
    if (BARE_WORD.has(error.error)) lineOfWord = text.slice(error.offset, behind);
  }
  return kept;
}

/** The parser's error numbers (ParseErrorCode) in words. */
const MESSAGES: Readonly<Record<number, string>> = {
  1: "isn't JSON; strings stand in double quotes, and the only bare words are true, false and null.",
  2: "isn't a number as JSON writes it.",
  3: 'stands where a property name in double quotes is expected.',
  4: 'stands where a value is expected.',
  5: 'stands where a colon is expected.',
  6: 'stands where a comma is expected.',
  7: 'stands where a closing brace } is expected.',
  8: 'stands where a closing bracket ] is expected.',
  9: 'follows the end of the document; take it out.',
  10: "isn't allowed here.",
  11: 'begins a comment that never ends; close it with */.',
  12: 'begins a string that never ends; close it with a double quote on the same line.',
  13: "isn't a number as JSON writes it.",
  14: 'holds a \\u escape without four hexadecimal digits.',
  15: "holds an escape that JSON doesn't know; a backslash itself is written \\\\.",
  16: 'holds a control character; write it as an escape such as \\n.',
};

function faultOf(text: string, { error, offset, length }: ParseError): SyntaxFault {
  if (text.trim() === '') return { offset: 0, message: EMPTY };
  const excerpt = text.slice(offset, offset + Math.min(length, 30));
  const what = excerpt.trim() === '' ? 'The end of the text' : `\`${printable(excerpt)}\``;
  return { offset, message: `${what} ${MESSAGES[error] ?? "isn't JSON."}` };
}

/** Control characters and halves of surrogate pairs would spoil a terminal or a log line. */
function printable(excerpt: string): string {
  return excerpt.replace(/[\p{Cc}\p{Cf}\p{Surrogate}]/gu, '\u{fffd}');
}
