import type { Clock } from '../kernel/clock.js';
import type { CheckpointStore, StoredCheckpoint } from './checkpoint-store.js';
import type { MakeCheckpoint } from './make-checkpoint.js';

/** A checkpoint for somebody who keeps it outside of the database, and the note that it is kept. */
export function makeHandOutCheckpoint(deps: {
  readonly makeCheckpoint: MakeCheckpoint;
  readonly checkpoints: Pick<CheckpointStore, 'hold'>;
  readonly clock: Clock;
}): () => Promise<StoredCheckpoint> {
  return async () => {
    const checkpoint = await deps.makeCheckpoint();
    const heldAt = checkpoint.heldAt ?? deps.clock.now();
    await deps.checkpoints.hold(checkpoint.size, heldAt);
    return { ...checkpoint, heldAt };
  };
}
