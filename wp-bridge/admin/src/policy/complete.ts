import { getLocation, parseTree, findNodeAtLocation } from 'jsonc-parser';
import { kindAt, MEMBERS, valuesAt } from './format.js';

/** What could stand where the caret is: each with the text that comes in place of `from` to `to`. */
export interface Suggestions {
  readonly from: number;
  readonly to: number;
  readonly items: readonly string[];
}

const quoted = (word: string): string => JSON.stringify(word);

/** Suggestions at a place of a document that may be half written. */
export function suggestionsAt(text: string, caret: number, tools: readonly string[]): Suggestions {
  const location = getLocation(text, caret);
  const { path, isAtPropertyKey, previousNode } = location;
  const inside = previousNode !== undefined && previousNode.type === 'string' && caret > previousNode.offset;
  const from = inside ? previousNode.offset : caret;
  const to = inside ? previousNode.offset + previousNode.length : caret;
  const typed = text.slice(from, caret).replace(/^"/, '').toLowerCase();
  const words = isAtPropertyKey ? membersLeft(text, path.slice(0, -1)) : valuesAt(path, tools);
  const items = words
    .filter((word) => word.toLowerCase().startsWith(typed))
    .map((word) => (isAtPropertyKey && !/^\s*:/.test(text.slice(to)) ? `${quoted(word)}: ` : quoted(word)));
  return { from, to, items: items.slice(0, 40) };
}

/** Members that the object at a path may have and doesn't have yet. */
function membersLeft(text: string, path: readonly (string | number)[]): readonly string[] {
  const kind = kindAt(path);
  if (kind === undefined) return [];
  const root = parseTree(text, [], { allowTrailingComma: true });
  const node = root === undefined ? undefined : findNodeAtLocation(root, [...path]);
  const there = new Set((node?.children ?? []).map(({ children }) => String(children?.[0]?.value)));
  return MEMBERS[kind].filter((name) => !there.has(name));
}
