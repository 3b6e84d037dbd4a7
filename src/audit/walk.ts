import { coverFault, NO_SPAN, noteFault, widen, type Signers } from './check-checkpoint.js';
import type { CheckpointStore, StoredCheckpoint } from './checkpoint-store.js';
import type { Evidence } from './evidence.js';
import { EMPTY_CHAIN, type ChainHead } from './hash-chain.js';
import { EMPTY_TREE, growTree, type GrowingTree } from './merkle-tree.js';
import { missingParts, removalOf } from './removal.js';

export interface Fault {
  readonly id: number;
  readonly reason: string;
}

/** A way through the log from its first entry on, past every checkpoint. */
export interface Walk {
  head(): ChainHead;
  /** How many entries were found good. */
  entries(): number;
  /** Goes past an entry whose links are good. True when a checkpoint stands there. */
  take(entry: Evidence): boolean;
  /** Looks at the checkpoints up to where the walk is. */
  checkpoints(): Promise<Fault | undefined>;
  /** A checkpoint over more entries than there are. */
  beyond(): Promise<Fault | undefined>;
  /** At the end: what is gone, and no entry says why. */
  unexplained(): Fault | undefined;
}

const PAGE = 100;

/** The stored checkpoints one after the other, read page by page. */
function inOrder(store: Pick<CheckpointStore, 'after'>) {
  let waiting: readonly StoredCheckpoint[] = [];
  let passed = 0;
  return {
    passed: () => passed,
    async next(): Promise<StoredCheckpoint | undefined> {
      if (waiting.length === 0) waiting = await store.after(passed, PAGE);
      return waiting[0];
    },
    pass(checkpoint: StoredCheckpoint): void {
      waiting = waiting.slice(1);
      passed = checkpoint.size;
    },
  };
}

/** The entries that were passed, and what they add up to. */
function passedEntries(start: ChainHead, { origin, keys }: Signers) {
  const missing = missingParts();
  let head = start;
  let tree: GrowingTree | undefined = start.height === 0 ? growTree(EMPTY_TREE) : undefined;
  let span = NO_SPAN;
  let prunedUpTo = 0;
  return {
    head: () => head,
    hasTree: () => tree !== undefined,
    missing: () => missing.first(),
    prunedUpTo: () => prunedUpTo,
    add(entry: Evidence): void {
      head = { height: entry.id, hash: entry.hash };
      tree?.add(entry.hash);
      span = widen(span, entry.ts);
      if (entry.privateText === null) missing.add(entry);
      const removal = removalOf(entry, origin, keys);
      if (removal?.kind === 'pruned') prunedUpTo = Math.max(prunedUpTo, removal.upTo);
      else if (removal !== undefined) missing.explainedBy(removal);
    },
    /** What is wrong with the checkpoint over just these entries. At the first one of a pruned log the tree goes on from it. */
    arriveAt(checkpoint: StoredCheckpoint): string | undefined {
      const found = { hash: head.hash, span };
      span = NO_SPAN;
      if (tree !== undefined) return coverFault(checkpoint, { ...found, tree: tree.snapshot() });
      if (checkpoint.hash !== head.hash) return "the entries up to here aren't those that it was made over";
      tree = growTree(checkpoint.tree);
      return undefined;
    },
  };
}

/**
 * A log whose beginning was pruned begins at a checkpoint: its hash is what the first entry links to, its tree what
 * the later ones grow from. Entries that an interrupted pruning left before it are held together by that hash.
 */
export function makeWalk(log: {
  readonly first: Evidence | undefined;
  readonly checkpoints: Pick<CheckpointStore, 'after'>;
  readonly signers: Signers;
}): Walk {
  const { first, signers } = log;
  const isPruned = first !== undefined && first.id > 1;
  const start: ChainHead = isPruned ? { height: first.id - 1, hash: first.prevHash } : EMPTY_CHAIN;
  const stored = inOrder(log.checkpoints);
  const passed = passedEntries(start, signers);
  let nextSize = Number.POSITIVE_INFINITY;

  const checkpoints = async (): Promise<Fault | undefined> => {
    for (;;) {
      const checkpoint = await stored.next();
      nextSize = checkpoint?.size ?? Number.POSITIVE_INFINITY;
      if (checkpoint === undefined || nextSize > passed.head().height) return undefined;
      const wrong =
        noteFault(checkpoint, stored.passed(), signers) ??
        (nextSize < start.height ? undefined : passed.arriveAt(checkpoint));
      if (wrong !== undefined) return { id: nextSize, reason: `the checkpoint over ${nextSize} entries: ${wrong}` };
      stored.pass(checkpoint);
    }
  };

  return {
    head: passed.head,
    entries: () => passed.head().height - start.height,
    checkpoints,
    take(entry) {
      passed.add(entry);
      return entry.id >= nextSize;
    },
    async beyond() {
      const wrong = await checkpoints();
      if (wrong !== undefined || nextSize === Number.POSITIVE_INFINITY) return wrong;
      const reason = `the log ends here, but a checkpoint covers ${nextSize} entries`;
      return { id: passed.head().height + 1, reason };
    },
    unexplained() {
      const gone = passed.missing();
      if (gone !== undefined) return { id: gone, reason: 'its private part is gone, and no erasure was recorded' };
      if (!isPruned || (passed.hasTree() && passed.prunedUpTo() >= start.height)) return undefined;
      return { id: first.id, reason: 'the entries before it were removed, and no pruning was recorded' };
    },
  };
}
