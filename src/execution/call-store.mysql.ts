import type { Knex } from 'knex';
import { isDuplicateKey } from '../db/mysql-errors.js';
import type { AgentId, CallId, WpUserId } from '../kernel/ids.js';
import type { JsonObject } from '../kernel/json.js';
import { CALL_STATES, type Arrival, type CallRecord, type CallState, type NewCall, type ReadBack } from './call.js';
import { undoKeys } from './undo-key.js';
import type { CallStore } from './call-store.js';

/** The first answer to a call that people held. */
const HELD = 202;

interface CallRow {
  id: string;
  agent_id: string;
  user_id: number;
  idempotency_key: string | null;
  request_digest: string;
  tool: string;
  state: string;
  response_status: number | null;
  response_body: string | null;
  /** Written by the bridge, but for the first of STAGES. */
  arrival: string | null;
  wordpress_status: number | null;
  wordpress_code: string | null;
  wordpress_object: number | null;
  read_back: string | null;
  created_at: Date;
  updated_at: Date;
}

function fromRow(row: CallRow): CallRecord {
  const state = CALL_STATES.find((each) => each === row.state);
  if (state === undefined) throw new Error(`call ${row.id}: unknown state`);
  const { response_status: status, response_body: body } = row;
  return {
    id: row.id as CallId,
    agentId: row.agent_id as AgentId,
    userId: row.user_id as WpUserId,
    idempotencyKey: row.idempotency_key,
    requestDigest: row.request_digest,
    tool: row.tool,
    state,
    answer: status === null || body === null ? null : { status, body: JSON.parse(body) as JsonObject },
    readBack: row.read_back === null ? null : (JSON.parse(row.read_back) as ReadBack),
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

const STAGES = ['awaited', 'begun', 'ended'] as const satisfies readonly Arrival['stage'][];
const awaited = (state: CallState): string | null => (state === 'running' ? STAGES[0] : null);

const toRow = (record: NewCall): Partial<CallRow> => ({
  id: record.id,
  agent_id: record.agentId,
  user_id: record.userId,
  idempotency_key: record.idempotencyKey,
  request_digest: record.requestDigest,
  tool: record.tool,
  state: record.state,
  response_status: record.answer?.status ?? null,
  response_body: record.answer === null ? null : JSON.stringify(record.answer.body),
  arrival: awaited(record.state),
  created_at: record.createdAt,
  updated_at: record.updatedAt,
});

/** What sweeps look for, and what they write. */
const leftBehind = (
  knex: Knex,
  table: string,
): Pick<CallStore, 'runningSince' | 'unknownSince' | 'arrivalOf' | 'keepReadBack'> => ({
  async runningSince(before, limit) {
    const rows = await knex<CallRow>(table)
      .where({ state: 'running' })
      .where('updated_at', '<', before)
      .orderBy('updated_at')
      .limit(limit);
    return rows.map(fromRow);
  },
  async unknownSince(before, limit) {
    const rows = await knex<CallRow>(table)
      .where({ state: 'unknown', read_back: null })
      .whereNot({ response_status: HELD })
      .where('updated_at', '<', before)
      .orderBy('updated_at')
      .limit(limit);
    return rows.map(fromRow);
  },
  async arrivalOf(id) {
    const row = await knex<CallRow>(table).where({ id }).first();
    const stage = STAGES.find((each) => each === row?.arrival);
    if (row === undefined || stage === undefined) return null;
    return { stage, status: row.wordpress_status, code: row.wordpress_code, objectId: row.wordpress_object };
  },
  async keepReadBack(id, readBack) {
    const changed = await knex<CallRow>(table)
      .where({ id, read_back: null })
      .update({ read_back: JSON.stringify(readBack) });
    return changed === 1;
  },
});

export function mysqlCallStore(knex: Knex, tablePrefix: string): CallStore {
  const table = `${tablePrefix}ai_agent_calls`;
  const one = async (where: Partial<CallRow>): Promise<CallRecord | undefined> => {
    const row = await knex<CallRow>(table).where(where).first();
    return row === undefined ? undefined : fromRow(row);
  };
  return {
    async insert(record) {
      try {
        await knex<CallRow>(table).insert(toRow(record));
        return true;
      } catch (error) {
        if (isDuplicateKey(error)) return false;
        throw error;
      }
    },
    async finish(id, { state, answer, at }) {
      const changed = await knex<CallRow>(table)
        .where({ id, state: 'running' })
        .update({
          state,
          response_status: knex.raw('COALESCE(response_status, ?)', [answer.status]),
          response_body: knex.raw('COALESCE(response_body, ?)', [JSON.stringify(answer.body)]),
          updated_at: at,
        });
      return changed === 1;
    },
    async settle(id, { from, to, at }) {
      const next = { state: to, arrival: awaited(to), updated_at: at };
      const changed = await knex<CallRow>(table).where({ id, state: from }).update(next);
      return changed === 1;
    },
    get: (id) => one({ id }),
    byIdempotencyKey: (agentId, key) => one({ agent_id: agentId, idempotency_key: key }),
    async lastUndo(agentId, of) {
      const { from, to } = undoKeys(of);
      const row = await knex<CallRow>(table)
        .where({ agent_id: agentId })
        .where('idempotency_key', '>=', from)
        .where('idempotency_key', '<', to)
        .orderBy('idempotency_key', 'desc')
        .first();
      return row === undefined ? undefined : fromRow(row);
    },
    ...leftBehind(knex, table),
  };
}
