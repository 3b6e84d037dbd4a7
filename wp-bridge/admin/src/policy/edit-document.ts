import { applyEdits, findNodeAtLocation, getNodeValue, modify, parseTree, type JSONPath } from 'jsonc-parser';

const FORMATTING = { formattingOptions: { insertSpaces: true, tabSize: 2, eol: '\n' } };

/** The text with one value set, or taken out when it is undefined. Comments and everything else stay as they were. */
export const withValue = (text: string, path: JSONPath, value: unknown): string =>
  applyEdits(text, modify(text, path, value, FORMATTING));

/** The text with one more member at the end of a list, which is made where it isn't there. */
export function withItem(text: string, path: JSONPath, value: unknown): string {
  if (!Array.isArray(valueAt(text, path))) return withValue(text, path, [value]);
  return applyEdits(text, modify(text, [...path, -1], value, { ...FORMATTING, isArrayInsertion: true }));
}

/** What stands at a path, or undefined; a text that can't be read has nothing. */
export function valueAt(text: string, path: JSONPath): unknown {
  const root = parseTree(text, [], { allowTrailingComma: true });
  const node = root === undefined ? undefined : findNodeAtLocation(root, path);
  return node === undefined ? undefined : (getNodeValue(node) as unknown);
}
