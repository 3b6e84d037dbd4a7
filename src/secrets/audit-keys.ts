import { OPERATOR } from '../audit/audit-entry.js';
import type { AuditLog } from '../audit/audit-log.js';
import type { LogKeys, NeedLogKeys, ReadLogKeys } from '../audit/log-keys.js';
import { signNote, verifierKey } from '../audit/signed-note.js';
import type { Clock } from '../kernel/clock.js';
import type { RandomBytes } from '../kernel/ids.js';
import type { InTransaction } from '../kernel/in-transaction.js';
import type { SiteOptions } from '../settings/site-options.js';
import { readRing, ringWithNewKey, writeRing, type AuditKeyRing } from './audit-key-ring.js';
import type { SealedBox } from './sealed-box.js';
import { makeSealedOptions, type SealedOptions } from './sealed-options.js';

const logKeysOf = ({ signer, keys }: AuditKeyRing): LogKeys => ({
  origin: signer.name,
  keys,
  sign: (text) => signNote(text, [signer]),
});

export const makeReadLogKeys =
  (sealed: SealedOptions): ReadLogKeys =>
  async () => {
    const ring = await readRing(sealed);
    return ring === undefined ? undefined : logKeysOf(ring);
  };

/** Rolls back when another replica was first. */
class ThereAlready extends Error {}

/** Of the log: the public address, which is the site's alone. Signed notes allow neither spaces nor plus signs in a name. */
const originOf = (publicUrl: URL): string =>
  `${publicUrl.host}${publicUrl.pathname.replace(/\/$/, '')}/audit`.replaceAll('+', '%2B');

/**
 * The key that signs checkpoints, made at its first use. The entry is appended before the option is read: that locks
 * the head of the log, so of two replicas that start together one makes the key and the other finds it.
 */
export function makeNeedLogKeys(deps: {
  readonly inTransaction: InTransaction<{ readonly options: SiteOptions; readonly audit: Pick<AuditLog, 'append'> }>;
  readonly box: SealedBox;
  readonly clock: Clock;
  readonly random: RandomBytes;
  readonly readKeys: ReadLogKeys;
  readonly publicUrl: URL;
}): NeedLogKeys {
  const create = (): Promise<LogKeys> =>
    deps.inTransaction(async ({ options, audit }) => {
      const at = deps.clock.now();
      const ring = ringWithNewKey(originOf(deps.publicUrl), [], { at, random: deps.random });
      const detail = { name: 'audit_key', key: verifierKey(ring.signer) };
      await audit.append([{ kind: 'secret.created', at, actor: OPERATOR, detail }]);
      const sealed = makeSealedOptions(options, deps.box);
      if ((await readRing(sealed)) !== undefined) throw new ThereAlready();
      await writeRing(sealed, ring, at);
      return logKeysOf(ring);
    });
  return async () => {
    const known = await deps.readKeys();
    if (known !== undefined) return known;
    try {
      return await create();
    } catch (error) {
      const made = error instanceof ThereAlready ? await deps.readKeys() : undefined;
      if (made === undefined) throw error;
      return made;
    }
  };
}
