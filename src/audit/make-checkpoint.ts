import type { Clock } from '../kernel/clock.js';
import { ChaperoneError } from '../kernel/errors.js';
import type { AuditReader } from './audit-log.js';
import { NO_SPAN, noteFault, widen, type Span } from './check-checkpoint.js';
import { checkpointText } from './checkpoint.js';
import type { CheckpointStore, StoredCheckpoint } from './checkpoint-store.js';
import { evidenceOf, faultOf } from './evidence.js';
import { EMPTY_CHAIN, type ChainHead } from './hash-chain.js';
import type { LogKeys, NeedLogKeys } from './log-keys.js';
import { EMPTY_TREE, growTree, type GrowingTree } from './merkle-tree.js';
import { reasonOf } from './verify-chain.js';

/** How often one is made by itself, when the log has grown. */
export const CHECKPOINT_EVERY_MS = 3_600_000;
/** A checkpoint covers no more new entries than this, so that a question about time never reads more than it has to. */
export const MOST_PER_CHECKPOINT = 50_000;
const PAGE = 1_000;

export interface CheckpointDeps {
  readonly reader: Pick<AuditReader, 'evidence' | 'head'>;
  readonly checkpoints: CheckpointStore;
  readonly needKeys: NeedLogKeys;
  readonly clock: Clock;
}

/**
 * Checkpoints up to the log's present end; the newest one, when the log hasn't grown since.
 * Every entry is verified before it is signed for: a checkpoint never vouches for what was tampered with.
 *
 * @throws audit_inconsistent
 */
export type MakeCheckpoint = () => Promise<StoredCheckpoint>;

const inconsistent = (detail: string): ChaperoneError => new ChaperoneError('audit_inconsistent', { detail });

interface Reached {
  readonly head: ChainHead;
  readonly tree: GrowingTree;
  readonly span: Span;
}

/** From `start` over good entries to the number `end`. */
async function reach(reader: Pick<AuditReader, 'evidence'>, start: Reached, end: number): Promise<Reached> {
  let { head, span } = start;
  while (head.height < end) {
    const page = await reader.evidence(head.height, Math.min(PAGE, end - head.height));
    for (const stored of page) {
      const entry = evidenceOf(stored);
      const fault = faultOf(head, entry);
      if (fault !== undefined) throw inconsistent(`Entry ${entry.id}: ${reasonOf(fault)}.`);
      head = { height: entry.id, hash: entry.hash };
      start.tree.add(entry.hash);
      span = widen(span, entry.ts);
    }
    if (page.length === 0) throw inconsistent(`The log ends at entry ${head.height}, but it had ${end}.`);
  }
  return { ...start, head, span };
}

function startOf(newest: StoredCheckpoint | undefined, keys: LogKeys): Reached {
  if (newest === undefined) return { head: EMPTY_CHAIN, tree: growTree(EMPTY_TREE), span: NO_SPAN };
  const { size, hash, afterSize } = newest;
  const fault = noteFault(newest, afterSize, keys);
  if (fault !== undefined) throw inconsistent(`The checkpoint over ${size} entries: ${fault}.`);
  return { head: { height: size, hash }, tree: growTree(newest.tree), span: NO_SPAN };
}

export function makeMakeCheckpoint({ reader, checkpoints, needKeys, clock }: CheckpointDeps): MakeCheckpoint {
  const step = async (newest: StoredCheckpoint | undefined, keys: LogKeys, end: number): Promise<void> => {
    const afterSize = newest?.size ?? 0;
    const { head, tree, span } = await reach(
      reader,
      startOf(newest, keys),
      Math.min(end, afterSize + MOST_PER_CHECKPOINT),
    );
    const { origin } = keys;
    const root = tree.root().toString('base64');
    await checkpoints.insert({
      size: head.height,
      afterSize,
      at: clock.now(),
      note: keys.sign(checkpointText({ origin, size: head.height, root })),
      hash: head.hash,
      tree: tree.snapshot(),
      firstAt: new Date(span.first),
      lastAt: new Date(span.last),
      heldAt: null,
    });
  };
  return async () => {
    const keys = await needKeys();
    const { height } = await reader.head();
    for (;;) {
      // Whichever replica's was stored: it is where the next one goes on from.
      const newest = await checkpoints.newest();
      if (newest !== undefined && newest.size >= height) return newest;
      await step(newest, keys, height);
    }
  };
}

/** The checkpoint that is due by the clock, on whichever replica comes first; one run at a time in this process. */
export function makeScheduledCheckpoint(deps: Pick<CheckpointDeps, 'checkpoints' | 'clock'>, make: MakeCheckpoint) {
  let running = false;
  return async (): Promise<void> => {
    if (running) return;
    running = true;
    try {
      const newest = await deps.checkpoints.newest();
      const due = (newest?.at.getTime() ?? 0) + CHECKPOINT_EVERY_MS;
      if (deps.clock.now().getTime() >= due) await make();
    } finally {
      running = false;
    }
  };
}
