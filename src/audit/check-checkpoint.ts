import { parseCheckpoint } from './checkpoint.js';
import type { StoredCheckpoint } from './checkpoint-store.js';
import { isTree, rootOf, type MerkleTree } from './merkle-tree.js';
import { openNote, type NoteKey } from './signed-note.js';

/** Whose checkpoints they are. */
export interface Signers {
  readonly origin: string;
  readonly keys: readonly NoteKey[];
}

/** What is wrong with a checkpoint in itself, whatever the entries say. */
export function noteFault(checkpoint: StoredCheckpoint, afterSize: number, signers: Signers): string | undefined {
  const opened = openNote(checkpoint.note, signers.keys);
  if (!opened.ok) return opened.reason;
  const said = parseCheckpoint(opened.text);
  if (said?.origin !== signers.origin) return "it isn't a checkpoint of this log";
  const { size, tree } = checkpoint;
  if (said.size !== size || checkpoint.afterSize !== afterSize) return 'its place among the checkpoints was changed';
  if (tree.size !== size || !isTree(tree) || rootOf(tree).toString('base64') !== said.root)
    return 'its tree was changed';
  return undefined;
}

/** The instants between which the entries since a checkpoint lie, as ISO texts, which sort as they are. */
export interface Span {
  readonly first: string;
  readonly last: string;
}

export const NO_SPAN: Span = { first: '~', last: '' };

export const widen = ({ first, last }: Span, ts: string): Span => ({
  first: ts < first ? ts : first,
  last: ts > last ? ts : last,
});

/** What is wrong with a checkpoint, given the entries that it covers. Its own form was found good before. */
export function coverFault(
  checkpoint: StoredCheckpoint,
  found: { readonly hash: string; readonly tree: MerkleTree; readonly span: Span },
): string | undefined {
  if (checkpoint.hash !== found.hash || !rootOf(checkpoint.tree).equals(rootOf(found.tree)))
    return "the entries up to here aren't those that it was made over";
  const { first, last } = found.span;
  if (checkpoint.firstAt.toISOString() !== first || checkpoint.lastAt.toISOString() !== last)
    return 'its instants were changed';
  return undefined;
}
