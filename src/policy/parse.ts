import type { Node } from 'jsonc-parser';
import { MISTAKEN, newContext, type Fault } from './decode/context.js';
import { policyDocument } from './decode/document.js';
import type { PolicyDocument } from './document.js';
import { LIMITS } from './limits.js';
import { parsePointer } from './source/pointer.js';
import { positionsIn, type Position, type Problem } from './source/positions.js';
import { readJsonc } from './source/read-jsonc.js';

export interface ParseOptions {
  /** The names of all tools; without them, any well-formed name is taken. */
  readonly knownTools?: readonly string[];
  /** The names of the lists of terms that the settings hold; likewise. */
  readonly knownTermLists?: readonly string[];
}

export interface ParsedPolicy {
  readonly ok: true;
  readonly policy: PolicyDocument;
  /** The document as written. */
  readonly text: string;
  /** Where the value that an RFC 6901 pointer leads to begins; undefined when there is none. */
  readonly sources: (pointer: string) => Position | undefined;
}

export interface RefusedPolicy {
  readonly ok: false;
  /** At least one, in the order of the text. */
  readonly problems: readonly Problem[];
}

export type ParseOutcome = ParsedPolicy | RefusedPolicy;

/**
 * Reads a policy document of format 1 (section 8 of the contract) and lists every problem at once, each at the fault
 * itself. Takes any text, never throws, and takes time in proportion to its length.
 */
export function parsePolicy(document: string, options: ParseOptions = {}): ParseOutcome {
  // A byte order mark is no character of the document to any editor, so columns don't count it.
  const text = document.startsWith('\u{feff}') ? document.slice(1) : document;
  const unfit = unfitText(text);
  if (unfit !== undefined) return { ok: false, problems: [unfit] };
  const { root, faults } = readJsonc(text);
  const context = newContext(options);
  const policy = root === undefined ? MISTAKEN : policyDocument({ node: root, pointer: '' }, context);
  const found = beside(faults, context.faults);
  const all = [...faults.map((fault) => ({ ...fault, pointer: pointerAt(root, fault.offset) })), ...found];
  if (all.length > 0 || root === undefined || policy === MISTAKEN)
    return { ok: false, problems: inOrder(all, positionsIn(text)) };
  return { ok: true, policy, text: document, sources: sourcesOf(root, positionsIn(text)) };
}

/** Reads a document that came as an object: positions are those of its JSON with an indentation of two spaces. */
export function parsePolicyValue(document: unknown, options: ParseOptions = {}): ParseOutcome {
  const text = policyText(document);
  if (text !== undefined) return parsePolicy(text, options);
  return {
    ok: false,
    problems: [{ pointer: '', line: 1, column: 1, message: 'The document is neither text nor JSON.' }],
  };
}

/** The text under which a document is stored: text as it is, an object as JSON with an indentation of two spaces. */
export function policyText(document: unknown): string | undefined {
  if (typeof document === 'string') return document;
  try {
    // Undefined for what JSON has no words for, such as a function; a throw for cycles and abysses.
    return JSON.stringify(document, null, 2);
  } catch {
    return undefined;
  }
}

/** The faults of meaning that aren't merely what the faults of the text look like from here. */
function beside(syntax: readonly { readonly offset: number }[], meaning: readonly Fault[]): readonly Fault[] {
  if (syntax.length === 0) return meaning;
  const broken = new Set(syntax.map(({ offset }) => offset));
  return meaning.filter(({ offset, missing }) => missing !== true && !broken.has(offset));
}

/** What is wrong with the text as a whole: too much of it, or no Unicode that a database could keep. */
function unfitText(text: string): Problem | undefined {
  const place = { pointer: '', line: 1, column: 1 };
  if (text.length > LIMITS.documentBytes || new TextEncoder().encode(text).length > LIMITS.documentBytes) {
    return { ...place, message: `The document is larger than ${LIMITS.documentBytes} bytes; make it smaller.` };
  }
  const lone = text.search(/\p{Surrogate}/u);
  if (lone < 0) return undefined;
  return { ...place, ...positionsIn(text)(lone), message: 'This is half a character (a lone surrogate); take it out.' };
}

/** Faults as problems in the order of the text, a place at most once with the same words, bounded. */
function inOrder(faults: readonly Fault[], position: (offset: number) => Position): readonly Problem[] {
  const sorted = [...faults].sort((left, right) => left.offset - right.offset);
  const problems = sorted
    .slice(0, LIMITS.problems)
    .map(({ offset, pointer, message }) => ({ pointer, ...position(offset), message }));
  const next = sorted[LIMITS.problems];
  if (next === undefined) return problems;
  const message = `${LIMITS.problems} problems are listed above, and there are more from here on; mend the first ones.`;
  return [...problems, { pointer: next.pointer, ...position(next.offset), message }];
}

/** The pointer of the innermost value around an offset, for faults of the text itself. */
function pointerAt(root: Node | undefined, offset: number): string {
  const segments: string[] = [];
  let node = root;
  while (node !== undefined) {
    const inner: Node | undefined = node.children?.find(
      (child) => child.offset <= offset && offset < child.offset + child.length,
    );
    if (inner?.type === 'property') segments.push(String(inner.children?.[0]?.value));
    else if (inner !== undefined && node.type === 'array') segments.push(String(node.children?.indexOf(inner)));
    node = inner;
  }
  return segments.map((segment) => `/${segment.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

function sourcesOf(root: Node, position: (offset: number) => Position): ParsedPolicy['sources'] {
  return (pointer) => {
    let node: Node | undefined = root;
    for (const segment of parsePointer(pointer) ?? ['']) {
      const children: readonly Node[] = node?.children ?? [];
      if (node?.type === 'array') node = children[Number(segment)];
      else node = children.find((property) => property.children?.[0]?.value === segment)?.children?.[1];
    }
    return node && position(node.offset);
  };
}
