import type { Knex } from 'knex';
import type { SealedRows } from './sealed-rows.js';

/** Names of tables and columns come from the registry alone. A sealed value begins with `v1.` and its key's 8 digits. */
export function mysqlSealedRows(knex: Knex, tablePrefix: string): SealedRows {
  return {
    async count({ table, column }) {
      const [rows] = (await knex.raw(
        'SELECT SUBSTRING(??, 4, 8) AS kek, COUNT(*) AS many FROM ?? WHERE ?? IS NOT NULL GROUP BY kek',
        [column, tablePrefix + table, column],
      )) as [{ kek: string; many: number }[]];
      return new Map(rows.map(({ kek, many }) => [kek, many]));
    },
    async sealedByOthers({ table, id, column }, { kekId, after, limit }) {
      const rows = (await knex(tablePrefix + table)
        .select({ id, sealed: column })
        .whereNotNull(column)
        .whereNot(column, 'like', `v1.${kekId}.%`)
        .where(id, '>', after)
        .orderBy(id)
        .limit(limit)) as { id: string; sealed: string }[];
      return rows.map((row) => ({ id: row.id, sealed: row.sealed }));
    },
    async replace({ table, id, column }, of, from, to) {
      const changed = await knex(tablePrefix + table)
        .where({ [id]: of, [column]: from })
        .update({ [column]: to });
      return changed === 1;
    },
  };
}
