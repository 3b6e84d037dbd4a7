import type { StoredCheckpoint } from './audit/checkpoint-store.js';
import { makeExportLog } from './audit/export-log.js';
import { makeHandOutCheckpoint } from './audit/hand-out.js';
import { makeMakeCheckpoint, makeScheduledCheckpoint } from './audit/make-checkpoint.js';
import { verifyChain, type ChainReport } from './audit/verify-chain.js';
import type { Ground } from './compose-ground.js';
import { makeNeedLogKeys, makeReadLogKeys } from './secrets/audit-keys.js';

/** The log as evidence: verifying, checkpoints, the export. */
export function makeEvidence(ground: Ground) {
  const { auditReader: reader, checkpoints, clock, random, box, sealed, config, inTransaction } = ground;
  const readKeys = makeReadLogKeys(sealed);
  const needKeys = makeNeedLogKeys({ inTransaction, box, clock, random, readKeys, publicUrl: config.publicUrl });
  const makeCheckpoint = makeMakeCheckpoint({ reader, checkpoints, needKeys, clock });
  const verify = (onProgress: (entries: number) => void): Promise<ChainReport> =>
    verifyChain(reader, onProgress, { checkpoints, readKeys });
  return {
    reader,
    checkpoints,
    readKeys,
    scheduledCheckpoint: makeScheduledCheckpoint({ checkpoints, clock }, makeCheckpoint),
    makeCheckpoint,
    hold: ({ size }: StoredCheckpoint) => checkpoints.hold(size, clock.now()),
    handOutCheckpoint: makeHandOutCheckpoint({ makeCheckpoint, checkpoints, clock }),
    exportLog: makeExportLog({ reader, checkpoints }),
    verify,
    /** For requests: those that come while one runs wait for its answer, so that nobody can make the service verify without end. */
    verifyOnce: oneAtATime(() => verify(() => undefined)),
  };
}

export type EvidenceUseCases = ReturnType<typeof makeEvidence>;

function oneAtATime<T>(work: () => Promise<T>): () => Promise<T> {
  let running: Promise<T> | undefined;
  return () => {
    running ??= work().finally(() => {
      running = undefined;
    });
    return running;
  };
}
