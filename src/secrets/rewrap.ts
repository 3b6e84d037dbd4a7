import type { Actor } from '../audit/audit-entry.js';
import type { AuditLog } from '../audit/audit-log.js';
import type { Clock } from '../kernel/clock.js';
import type { InTransaction } from '../kernel/in-transaction.js';
import type { SiteOptions } from '../settings/site-options.js';
import { SEALED_COLUMNS, SECRET_NAMES, SECRETS, type SealedColumn } from './registry.js';
import { SealedBoxError, type SealedBox } from './sealed-box.js';
import { makeSealedOptions } from './sealed-options.js';
import type { SealedRows } from './sealed-rows.js';

/** What one transaction did: how many values are under the first key now, and which don't open. */
export interface RewrapBatch {
  readonly what: string;
  readonly done: number;
  readonly failed: readonly string[];
}

/** A kind of sealed value; each step of it is one transaction, so what is done stays done whatever comes next. */
export type RewrapKind<S> = (sealingKekId: string) => Iterable<RewrapStep<S>> | AsyncIterable<RewrapStep<S>>;
type RewrapStep<S> = (stores: S) => Promise<RewrapBatch>;

export interface RewrapStores {
  readonly options: SiteOptions;
  readonly sealedRows: SealedRows;
  readonly audit: Pick<AuditLog, 'append'>;
}

export type Rewrap = (input: {
  readonly actor: Actor;
  readonly progress: (batch: RewrapBatch) => void;
}) => Promise<{ readonly done: number; readonly failed: readonly string[] }>;

const BATCH = 100;

function optionSteps(box: SealedBox): RewrapKind<RewrapStores> {
  return function* () {
    for (const name of SECRET_NAMES) {
      yield async ({ options }) => {
        try {
          const isDone = await makeSealedOptions(options, box).rewrap(SECRETS[name].option);
          return { what: name, done: isDone ? 1 : 0, failed: [] };
        } catch (error) {
          if (error instanceof SealedBoxError) return { what: name, done: 0, failed: [name] };
          throw error;
        }
      };
    }
  };
}

function columnSteps(column: SealedColumn, rows: SealedRows, box: SealedBox): RewrapKind<RewrapStores> {
  const what = `${column.table}.${column.column}`;
  return async function* (kekId) {
    let after = '';
    for (;;) {
      const page = await rows.sealedByOthers(column, { kekId, after, limit: BATCH });
      const last = page.at(-1);
      if (last === undefined) return;
      after = last.id;
      yield async ({ sealedRows }) => {
        const failed: string[] = [];
        let done = 0;
        for (const { id, sealed } of page) {
          const at = { place: column.place(id), version: column.version };
          try {
            if (await sealedRows.replace(column, id, sealed, box.seal(box.open(sealed, at), at))) done += 1;
          } catch (error) {
            if (!(error instanceof SealedBoxError)) throw error;
            failed.push(`${what} ${id}`);
          }
        }
        return { what, done, failed };
      };
    }
  };
}

/**
 * Seals every value anew under the first key-encryption key. What is under it already is passed over, so an interrupted
 * run is finished by the next; a value that doesn't open is left as it is and named.
 */
export function makeRewrap<S extends RewrapStores>(deps: {
  readonly inTransaction: InTransaction<S>;
  readonly rows: SealedRows;
  readonly others: readonly RewrapKind<S>[];
  readonly box: SealedBox;
  readonly clock: Clock;
}): Rewrap {
  const kinds: readonly RewrapKind<S>[] = [
    optionSteps(deps.box),
    ...SEALED_COLUMNS.map((column) => columnSteps(column, deps.rows, deps.box)),
    ...deps.others,
  ];
  const kekId = deps.box.sealingKekId;
  return async ({ actor, progress }) => {
    let done = 0;
    const failed: string[] = [];
    for (const kind of kinds) {
      for await (const step of kind(kekId)) {
        const batch = await deps.inTransaction(async (stores) => {
          const result = await step(stores);
          if (result.done > 0) {
            const detail = { what: result.what, values: result.done, kekId };
            await stores.audit.append([{ kind: 'secret.rewrapped', at: deps.clock.now(), actor, detail }]);
          }
          return result;
        });
        done += batch.done;
        failed.push(...batch.failed);
        progress(batch);
      }
    }
    return { done, failed };
  };
}
