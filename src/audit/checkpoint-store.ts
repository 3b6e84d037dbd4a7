import type { MerkleTree } from './merkle-tree.js';

/** A checkpoint as it is kept: the signed note, and what it takes to go on from there without the entries before. */
export interface StoredCheckpoint {
  readonly size: number;
  /** Size of the checkpoint before; 0 for the first. */
  readonly afterSize: number;
  readonly at: Date;
  readonly note: string;
  /** Of the entry with the number `size`: what the next one links to. */
  readonly hash: string;
  readonly tree: MerkleTree;
  /** The earliest and the latest instant among the entries since the checkpoint before. */
  readonly firstAt: Date;
  readonly lastAt: Date;
  /** When somebody took a copy of it out of the database; null: nobody has yet. */
  readonly heldAt: Date | null;
}

export interface CheckpointStore {
  newest(): Promise<StoredCheckpoint | undefined>;
  /** Newest first, of sizes below `before` when it is given. */
  list(page: { readonly before?: number; readonly limit: number }): Promise<readonly StoredCheckpoint[]>;
  /** Smallest first, of sizes above `size`. */
  after(size: number, limit: number): Promise<readonly StoredCheckpoint[]>;
  /** False, and nothing is stored, when another replica has gone on from the same checkpoint. */
  insert(checkpoint: StoredCheckpoint): Promise<boolean>;
  /** Marks it and those before it as held; whoever holds one can tell what came before it. */
  hold(size: number, at: Date): Promise<void>;
}
