import type { SealedColumn } from './registry.js';

/** Sealed values in columns of our tables. */
export interface SealedRows {
  /** How many values each key-encryption key has sealed. */
  count(column: SealedColumn): Promise<ReadonlyMap<string, number>>;
  /** Values that another key than `kekId` sealed, by id, strictly after `after`. */
  sealedByOthers(
    column: SealedColumn,
    page: { readonly kekId: string; readonly after: string; readonly limit: number },
  ): Promise<readonly { readonly id: string; readonly sealed: string }[]>;
  /** @returns false, and nothing is written, when the value isn't `from` any more */
  replace(column: SealedColumn, id: string, from: string, to: string): Promise<boolean>;
}
