import type { Knex } from 'knex';
import type { MessageId, WebhookEndpointId } from '../../kernel/ids.js';
import { DELIVERY_STATES, type Delivery } from './delivery.js';
import type { DeliveryStore, OutgoingNotice } from './delivery-store.js';
import type { NoticeKind } from './notice.js';

interface DeliveryRow {
  id: number;
  message_id: string;
  endpoint_id: string;
  kind: string;
  body: string;
  state: string;
  attempts: number;
  next_attempt_at: Date | null;
  last_status: number | null;
  last_error: string | null;
  created_at: Date;
  updated_at: Date;
}

const LONGEST_ERROR = 190;

function fromRow(row: DeliveryRow): Delivery {
  const state = DELIVERY_STATES.find((each) => each === row.state);
  if (state === undefined) throw new Error(`delivery ${row.id}: unknown state`);
  return {
    id: row.id,
    messageId: row.message_id as MessageId,
    endpointId: row.endpoint_id as WebhookEndpointId,
    kind: row.kind as NoticeKind,
    body: row.body,
    state,
    attempts: row.attempts,
    nextAttemptAt: row.next_attempt_at,
    lastStatus: row.last_status,
    lastError: row.last_error,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

const rowOf = (endpointId: WebhookEndpointId, { messageId, kind, body, at }: OutgoingNotice, due: Date) => ({
  message_id: messageId,
  endpoint_id: endpointId,
  kind,
  body,
  state: 'pending',
  next_attempt_at: due,
  created_at: at,
  updated_at: at,
});

export function mysqlDeliveryStore(db: Knex, tablePrefix: string): DeliveryStore {
  const table = `${tablePrefix}ai_agent_webhook_deliveries`;
  const deliveries = (): Knex.QueryBuilder<DeliveryRow, DeliveryRow[]> => db<DeliveryRow>(table);
  return {
    // One statement: an endpoint that is made, changed or removed meanwhile is seen as it is, or not at all.
    async put({ messageId, kind, body, at, agentId, callId }) {
      await db.raw(
        `INSERT INTO ?? (message_id, endpoint_id, kind, body, state, next_attempt_at, created_at, updated_at)
         SELECT ?, e.id, ?, ?, 'pending', ?, ?, ? FROM ?? e
         WHERE e.state = 'active' AND (e.events = '*' OR FIND_IN_SET(?, e.events) > 0)
           AND (e.agent_id IS NULL OR e.agent_id = COALESCE((SELECT c.agent_id FROM ?? c WHERE c.id = ?), ?))`,
        [
          table,
          ...[messageId, kind, body, at, at, at],
          `${tablePrefix}ai_agent_webhook_endpoints`,
          kind,
          `${tablePrefix}ai_agent_calls`,
          callId,
          agentId,
        ],
      );
    },
    async insertFor(endpointId, notice, nextAttemptAt) {
      const [id] = await deliveries().insert(rowOf(endpointId, notice, nextAttemptAt));
      const [row] = await deliveries().where({ id: id ?? 0 });
      if (row === undefined) throw new Error('the delivery was not written');
      return fromRow(row);
    },
    async get(id) {
      const [row] = await deliveries().where({ id });
      return row === undefined ? undefined : fromRow(row);
    },
    async list({ endpointId, state }, { before, limit }) {
      const query = deliveries().orderBy('id', 'desc').limit(limit);
      if (endpointId !== undefined) void query.where({ endpoint_id: endpointId });
      if (state !== undefined) void query.where({ state });
      if (before !== undefined) void query.where('id', '<', before);
      return (await query).map(fromRow);
    },
    ...sending(deliveries),
  };
}

function sending(
  deliveries: () => Knex.QueryBuilder<DeliveryRow, DeliveryRow[]>,
): Pick<DeliveryStore, 'due' | 'begin' | 'settle' | 'renew' | 'bury' | 'removeOf' | 'purge'> {
  return {
    async due(endpointId, now, limit) {
      const rows = await deliveries()
        .where({ endpoint_id: endpointId, state: 'pending' })
        .where('next_attempt_at', '<=', now)
        .orderBy('next_attempt_at')
        .limit(limit);
      return rows.map(fromRow).sort((left, right) => left.id - right.id);
    },
    async begin(id, again) {
      const changed = await deliveries()
        .where({ id, state: 'pending' })
        .increment('attempts', 1)
        .update({ next_attempt_at: again });
      return changed === 1;
    },
    async settle(id, { state, nextAttemptAt, status, error, at }) {
      await deliveries()
        .where({ id, state: 'pending' })
        .update({
          state,
          next_attempt_at: nextAttemptAt,
          last_status: status,
          last_error: error === null ? null : error.slice(0, LONGEST_ERROR),
          updated_at: at,
        });
    },
    async renew(id, at) {
      await deliveries().where({ id }).update({ state: 'pending', attempts: 0, next_attempt_at: at, updated_at: at });
    },
    async bury(endpointId, reason, at) {
      await deliveries()
        .where({ endpoint_id: endpointId, state: 'pending' })
        .update({ state: 'dead', next_attempt_at: null, last_error: reason.slice(0, LONGEST_ERROR), updated_at: at });
    },
    async removeOf(endpointId) {
      await deliveries().where({ endpoint_id: endpointId }).delete();
    },
    async purge(before, limit) {
      return deliveries().whereNot({ state: 'pending' }).where('created_at', '<', before).limit(limit).delete();
    },
  };
}
