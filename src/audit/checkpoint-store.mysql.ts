import type { Knex } from 'knex';
import { isDuplicateKey } from '../db/mysql-errors.js';
import type { CheckpointStore, StoredCheckpoint } from './checkpoint-store.js';

const HASH_BYTES = 32;

interface Row {
  size: number;
  after_size: number;
  ts: Date;
  hash: string;
  frontier: Buffer;
  note: string;
  first_ts: Date;
  last_ts: Date;
  held_at: Date | null;
}

function fromRow(row: Row): StoredCheckpoint {
  const { frontier } = row;
  const hashes = Array.from({ length: Math.ceil(frontier.length / HASH_BYTES) }, (_, index) =>
    frontier.subarray(index * HASH_BYTES, (index + 1) * HASH_BYTES),
  );
  return {
    size: row.size,
    afterSize: row.after_size,
    at: row.ts,
    note: row.note,
    hash: row.hash,
    tree: { size: row.size, frontier: hashes },
    firstAt: row.first_ts,
    lastAt: row.last_ts,
    heldAt: row.held_at,
  };
}

const toRow = (checkpoint: StoredCheckpoint): Row => ({
  size: checkpoint.size,
  after_size: checkpoint.afterSize,
  ts: checkpoint.at,
  hash: checkpoint.hash,
  frontier: Buffer.concat(checkpoint.tree.frontier),
  note: checkpoint.note,
  first_ts: checkpoint.firstAt,
  last_ts: checkpoint.lastAt,
  held_at: checkpoint.heldAt,
});

export function mysqlCheckpointStore(knex: Knex, tablePrefix: string): CheckpointStore {
  const table = `${tablePrefix}ai_agent_audit_checkpoints`;
  const rows = (): Knex.QueryBuilder<Row, Row[]> => knex<Row>(table).select<Row[]>('*');
  const list: CheckpointStore['list'] = async ({ before, limit }) => {
    const query = rows().orderBy('size', 'desc').limit(limit);
    if (before !== undefined) void query.where('size', '<', before);
    return (await query).map(fromRow);
  };
  return {
    list,
    newest: async () => (await list({ limit: 1 }))[0],
    after: async (size, limit) => (await rows().where('size', '>', size).orderBy('size').limit(limit)).map(fromRow),
    async insert(checkpoint) {
      try {
        await knex<Row>(table).insert(toRow(checkpoint));
        return true;
      } catch (error) {
        if (isDuplicateKey(error)) return false;
        throw error;
      }
    },
    async hold(size, at) {
      await knex<Row>(table).where('size', '<=', size).whereNull('held_at').update({ held_at: at });
    },
  };
}
