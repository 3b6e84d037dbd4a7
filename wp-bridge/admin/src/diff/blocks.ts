/** A top-level block of a post's content, or a paragraph of one that was written without blocks. */
export interface Block {
  /** `paragraph`, `heading`, `acme/card`; null outside of blocks. */
  readonly name: string | null;
  readonly markup: string;
}

/** As WordPress writes them (the block grammar of the block-serialization parser). */
const DELIMITER = /<!--\s+(\/)?wp:([a-z][a-z0-9_-]*\/)?([a-z][a-z0-9_-]*)\s+(?:\{[\s\S]*?\}\s+)?(\/)?-->/g;

const paragraphs = (text: string): readonly Block[] =>
  text
    .split(/\n\s*\n/)
    .map((markup) => markup.trim())
    .filter((markup) => markup !== '')
    .map((markup) => ({ name: null, markup }));

/**
 * Inner blocks stay within their outermost one; a block that isn't closed reaches to the end. Nothing but blanks between
 * the parts is left out, so that a comparison of the parts is one of the whole.
 */
export function splitBlocks(content: string): readonly Block[] {
  const found: Block[] = [];
  let [depth, start, outside, name] = [0, 0, 0, ''];
  for (const match of content.matchAll(DELIMITER)) {
    const [whole, closes, namespace = '', own = '', isVoid] = match;
    if (depth === 0) found.push(...paragraphs(content.slice(outside, match.index)));
    if (depth === 0 && closes === undefined) {
      [start, name] = [match.index, `${namespace === 'core/' ? '' : namespace}${own}`];
    }
    if (closes !== undefined && depth === 0) found.push({ name: null, markup: whole });
    if (closes !== undefined) depth = Math.max(0, depth - 1);
    else if (isVoid === undefined) depth += 1;
    if (depth > 0) continue;
    const end = match.index + whole.length;
    if (name !== '') found.push({ name, markup: content.slice(start, end) });
    [outside, name] = [end, ''];
  }
  if (depth > 0) return [...found, { name, markup: content.slice(start) }];
  return [...found, ...paragraphs(content.slice(outside))];
}
