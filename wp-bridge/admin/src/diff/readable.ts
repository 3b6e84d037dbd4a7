const BREAKS = new Set([
  'P',
  'LI',
  'H1',
  'H2',
  'H3',
  'H4',
  'H5',
  'H6',
  'TR',
  'BLOCKQUOTE',
  'FIGCAPTION',
  'BR',
  'DIV',
  'PRE',
]);

function gather(node: Node, found: string[]): void {
  for (const child of node.childNodes) {
    if (child.nodeType === Node.TEXT_NODE) found.push((child.textContent ?? '').replace(/\s+/g, ' '));
    if (!(child instanceof Element)) continue;
    if (child.tagName === 'IMG') found.push(`[${child.getAttribute('alt') ?? ''} ${child.getAttribute('src') ?? ''}]`);
    gather(child, found);
    if (child.tagName === 'A') found.push(` [${child.getAttribute('href') ?? ''}]`);
    if (BREAKS.has(child.tagName)) found.push('\n');
  }
}

/**
 * Markup as its readers take it, with the addresses of links and images. Parsed into a document that runs no scripts and
 * loads nothing, and given back as text alone.
 */
export function readable(markup: string): string {
  const parsed = new DOMParser().parseFromString(markup, 'text/html');
  const found: string[] = [];
  gather(parsed.body, found);
  return found
    .join('')
    .replace(/[ \t]*\n\s*/g, '\n')
    .trim();
}
