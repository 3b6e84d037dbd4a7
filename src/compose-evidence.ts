import type { StoredCheckpoint } from './audit/checkpoint-store.js';
import { NOBODY } from './approvals/entries.js';
import { makeErase } from './audit/erase.js';
import { makeExportLog } from './audit/export-log.js';
import { makeHandOutCheckpoint } from './audit/hand-out.js';
import { makeMakeCheckpoint, makeScheduledCheckpoint } from './audit/make-checkpoint.js';
import { makePrune, makeRetention } from './audit/prune.js';
import { verifyChain, type ChainReport } from './audit/verify-chain.js';
import { makeVerifyTogether } from './audit/verify-together.js';
import type { Ground } from './compose-ground.js';
import { makeReadSettings } from './settings/read-settings.js';
import { makeNeedLogKeys, makeReadLogKeys } from './secrets/audit-keys.js';

/** The log as evidence: verifying, checkpoints, the export. */
export function makeEvidence(ground: Ground) {
  const {
    auditReader: reader,
    checkpoints,
    removals,
    clock,
    random,
    box,
    sealed,
    config,
    stores,
    inTransaction,
  } = ground;
  const readKeys = makeReadLogKeys(sealed);
  const needKeys = makeNeedLogKeys({ inTransaction, box, clock, random, readKeys, publicUrl: config.publicUrl });
  const makeCheckpoint = makeMakeCheckpoint({ reader, checkpoints, needKeys, clock });
  const verify = (onProgress: (entries: number) => void): Promise<ChainReport> =>
    verifyChain(reader, onProgress, { checkpoints, readKeys });
  const removing = { inTransaction, reader, removals, needKeys, clock };
  const prune = makePrune({ ...removing, checkpoints });
  const readSettings = makeReadSettings(stores.options);
  return {
    reader,
    checkpoints,
    readKeys,
    scheduledCheckpoint: makeScheduledCheckpoint({ checkpoints, clock }, makeCheckpoint),
    erase: makeErase({
      ...removing,
      others: [{ name: 'preImages', erase: (userId) => stores.preImages.erase(userId) }],
    }),
    prune,
    retention: makeRetention({
      prune,
      retentionDays: async () => (await readSettings()).of('auditRetentionDays'),
      actor: NOBODY,
      clock,
    }),
    makeCheckpoint,
    hold: ({ size }: StoredCheckpoint) => checkpoints.hold(size, clock.now()),
    handOutCheckpoint: makeHandOutCheckpoint({ makeCheckpoint, checkpoints, clock }),
    exportLog: makeExportLog({ reader, checkpoints }),
    verify,
    verifyTogether: makeVerifyTogether({ reader, verify, random }),
  };
}

export type EvidenceUseCases = ReturnType<typeof makeEvidence>;
