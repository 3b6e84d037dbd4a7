import type { Clock } from '../kernel/clock.js';
import { ChaperoneError } from '../kernel/errors.js';
import type { InTransaction } from '../kernel/in-transaction.js';
import type { Actor } from './audit-entry.js';
import type { AuditLog, AuditReader } from './audit-log.js';
import { noteFault } from './check-checkpoint.js';
import type { CheckpointStore, StoredCheckpoint } from './checkpoint-store.js';
import { evidenceOf } from './evidence.js';
import type { NeedLogKeys } from './log-keys.js';
import { removalOf, removalText } from './removal.js';
import type { RemovalStore } from './removals.js';

export interface Pruned {
  /** The log begins behind this entry now, or would. Null: nothing is old enough, or nobody holds a checkpoint over it. */
  readonly upTo: number | null;
  readonly entries: number;
}

export interface PruneRequest {
  /** Entries from then on stay. */
  readonly before: Date;
  readonly actor: Actor;
  readonly dryRun?: boolean;
}

export interface PruneDeps {
  readonly inTransaction: InTransaction<{ readonly audit: Pick<AuditLog, 'append'> }>;
  readonly reader: Pick<AuditReader, 'evidence' | 'list'>;
  readonly checkpoints: Pick<CheckpointStore, 'after'>;
  readonly removals: Pick<RemovalStore, 'prune'>;
  readonly needKeys: NeedLogKeys;
  readonly clock: Clock;
}

export type Prune = (request: PruneRequest, onProgress?: (entries: number) => void) => Promise<Pruned>;

const BATCH = 1_000;
const PAGE = 100;

/** The last checkpoint that somebody holds, with nothing newer than `before` in it or before it. */
async function lastPrunable(deps: PruneDeps, before: Date): Promise<StoredCheckpoint | undefined> {
  let found: StoredCheckpoint | undefined;
  for (let size = 0; ;) {
    const page = await deps.checkpoints.after(size, PAGE);
    for (const checkpoint of page) {
      if (checkpoint.lastAt >= before) return found;
      if (checkpoint.heldAt !== null) found = checkpoint;
      ({ size } = checkpoint);
    }
    if (page.length < PAGE) return found;
  }
}

/** The checkpoint has to fit the entry that it covers last, or the rest of the log could never be verified from it. */
async function refuseUnfit({ reader, needKeys }: PruneDeps, checkpoint: StoredCheckpoint): Promise<void> {
  const { size, hash } = checkpoint;
  const [last] = await reader.evidence(size - 1, 1);
  const fault = noteFault(checkpoint, checkpoint.afterSize, await needKeys());
  if (fault !== undefined || (last?.id === size && last.hash !== hash)) {
    const why = fault ?? "the entry that it covers last isn't the one in the log";
    throw new ChaperoneError('audit_inconsistent', { detail: `The checkpoint over ${size} entries: ${why}.` });
  }
}

/**
 * Takes the beginning of the log away, up to a checkpoint that somebody holds outside of the database. The rest verifies from there
 * on. The signed entry that says so is written first; a pruning that was interrupted is gone on with by the next one.
 */
export function makePrune(deps: PruneDeps): Prune {
  const record = async (upTo: number, { before, actor }: PruneRequest): Promise<void> => {
    const keys = await deps.needKeys();
    const [newest] = await deps.reader.list({ kind: 'audit.pruned' }, { limit: 1 });
    const [stored] = newest === undefined ? [] : await deps.reader.evidence(newest.id - 1, 1);
    const recorded = stored === undefined ? undefined : removalOf(evidenceOf(stored), keys.origin, keys.keys);
    if (recorded?.kind === 'pruned' && recorded.upTo >= upTo) return;
    const note = keys.sign(removalText(keys.origin, { kind: 'pruned', upTo }));
    const detail = { before: before.toISOString(), note };
    await deps.inTransaction(({ audit }) =>
      audit.append([{ kind: 'audit.pruned', at: deps.clock.now(), actor, detail }]),
    );
  };
  return async (request, onProgress) => {
    const checkpoint = await lastPrunable(deps, request.before);
    const [first] = await deps.reader.evidence(0, 1);
    if (checkpoint === undefined || first === undefined || first.id > checkpoint.size)
      return { upTo: null, entries: 0 };
    const { size: upTo } = checkpoint;
    const result = { upTo, entries: upTo - first.id + 1 };
    if (request.dryRun === true) return result;
    await refuseUnfit(deps, checkpoint);
    await record(upTo, request);
    let entries = 0;
    for (;;) {
      const removed = await deps.removals.prune(upTo, BATCH);
      entries += removed;
      onProgress?.(entries);
      if (removed < BATCH) return { upTo, entries };
    }
  };
}

const DAY_MS = 86_400_000;

/** What the setting `auditRetentionDays` asks for; 0 keeps the log for ever. */
export function makeRetention(deps: {
  readonly prune: Prune;
  readonly retentionDays: () => Promise<number>;
  readonly actor: Actor;
  readonly clock: Clock;
}): () => Promise<void> {
  let running = false;
  return async () => {
    const days = await deps.retentionDays();
    if (days === 0 || running) return;
    running = true;
    try {
      await deps.prune({ before: new Date(deps.clock.now().getTime() - days * DAY_MS), actor: deps.actor });
    } finally {
      running = false;
    }
  };
}
