import type { Clock } from '../kernel/clock.js';
import { ChaperoneError } from '../kernel/errors.js';
import type { AuditEntryId, WpUserId } from '../kernel/ids.js';
import type { InTransaction } from '../kernel/in-transaction.js';
import type { Actor } from './audit-entry.js';
import type { AuditLog, AuditReader } from './audit-log.js';
import type { NeedLogKeys } from './log-keys.js';
import { removalText, type Removal } from './removal.js';
import type { RemovalStore } from './removals.js';

/** Somewhere else where a person's data lies, and how it is taken out there. Joined in compose. */
export interface PersonalRecords {
  readonly name: string;
  /** @returns how many records were changed */
  erase(userId: WpUserId): Promise<number>;
}

export type Erasure = { readonly userId: WpUserId } | { readonly entries: readonly AuditEntryId[] };

export interface Erased {
  /** Entries whose private part is gone now. */
  readonly erased: number;
  /** False: there are more; ask again. */
  readonly done: boolean;
  /** What was changed elsewhere, by name. */
  readonly records: Readonly<Record<string, number>>;
}

/** The most entries that one erasure can name. */
export const MOST_NAMED = 1_000;
const BATCH = 500;
const MOST_AT_ONCE = 20_000;

export interface EraseDeps {
  readonly inTransaction: InTransaction<{ readonly audit: Pick<AuditLog, 'append'> }>;
  readonly reader: Pick<AuditReader, 'head'>;
  readonly removals: RemovalStore;
  readonly needKeys: NeedLogKeys;
  readonly others: readonly PersonalRecords[];
  readonly clock: Clock;
}

/**
 * Takes the private part (address, arguments, findings, detail) out of entries: of a user's, of those in which the user
 * is named, or of single ones. What is left proves that the entry was there, and still verifies. The signed entry that says so is written first:
 * an erasure that is interrupted is gone on with by the next one.
 */
export type Erase = (erasure: Erasure, actor: Actor) => Promise<Erased>;

export function makeErase(deps: EraseDeps): Erase {
  const { removals } = deps;
  const record = async (removal: Removal, actor: Actor): Promise<void> => {
    const keys = await deps.needKeys();
    const detail = { note: keys.sign(removalText(keys.origin, removal)) };
    await deps.inTransaction(({ audit }) =>
      audit.append([{ kind: 'audit.erased', at: deps.clock.now(), actor, detail }]),
    );
  };
  const ofEntries = async (ids: readonly AuditEntryId[], actor: Actor): Promise<number> => {
    const entries = await removals.erasable(ids);
    if (entries.length === 0) return 0;
    await record({ kind: 'erased', entries }, actor);
    return removals.eraseEntries(entries);
  };
  const ofUser = async (userId: WpUserId, actor: Actor): Promise<Erased> => {
    const { height: upTo } = await deps.reader.head();
    let erased = await ofEntries(await removals.naming(userId, MOST_NAMED), actor);
    const count = await removals.countOfUser(userId, upTo);
    if (count > 0) await record({ kind: 'erased', userId, upTo }, actor);
    for (let after = 0, left = Math.min(count, MOST_AT_ONCE); left > 0;) {
      const ids = await removals.ofUser(userId, { after, upTo, limit: Math.min(BATCH, left) });
      after = ids.at(-1) ?? upTo;
      left = ids.length === 0 ? 0 : left - ids.length;
      erased += ids.length === 0 ? 0 : await removals.eraseEntries(ids);
    }
    const records: Record<string, number> = {};
    for (const other of deps.others) records[other.name] = await other.erase(userId);
    return { erased, done: count <= MOST_AT_ONCE, records };
  };
  return async (erasure, actor) => {
    if ('userId' in erasure) return ofUser(erasure.userId, actor);
    if (erasure.entries.length > MOST_NAMED)
      throw new ChaperoneError('args_invalid', { detail: `At most ${MOST_NAMED} entries can be named at once.` });
    return { erased: await ofEntries(erasure.entries, actor), done: true, records: {} };
  };
}
