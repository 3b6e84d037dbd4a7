/** Tools are named by words, digits, underscores and hyphens with dots between them. */
const GLOB = /^[A-Za-z0-9_*-]+(?:\.[A-Za-z0-9_*-]+)*$/;

/** Whether the text can be a tool's name or a pattern for one. */
export function isToolGlob(text: string): boolean {
  return GLOB.test(text);
}

/**
 * A test for names under a glob: `*` stands for any run of characters, dots included, and nothing else is special.
 * Looks for the pieces between stars from left to right, which is right for globs and never backtracks.
 */
export function globTest(glob: string): (name: string) => boolean {
  const pieces = glob.split('*');
  const [head = '', ...rest] = pieces;
  const tail = rest.pop();
  if (tail === undefined) return (name) => name === glob;
  return (name) => {
    if (!name.startsWith(head) || name.length < head.length + tail.length || !name.endsWith(tail)) return false;
    let from = head.length;
    const end = name.length - tail.length;
    for (const piece of rest) {
      const at = name.indexOf(piece, from);
      if (at < 0 || at + piece.length > end) return false;
      from = at + piece.length;
    }
    return true;
  };
}
