import type { Knex } from 'knex';
import type { AgentId, WebhookEndpointId } from '../../kernel/ids.js';
import type { WebhookEndpoint } from './endpoint.js';
import type { EndpointChanges, EndpointStore } from './endpoint-store.js';
import { NOTICE_KINDS, type NoticeKind } from './notice.js';

interface EndpointRow {
  id: string;
  url: string;
  agent_id: string | null;
  /** Names with commas between them, or `*`. */
  events: string;
  description: string;
  state: string;
  disabled_reason: string | null;
  failing_since: Date | null;
  claim: string | null;
  claimed_until: Date | null;
  created_at: Date;
  updated_at: Date;
}

const MOST_ENDPOINTS = 1_000;
const eventsText = (events: readonly NoticeKind[] | null): string => (events === null ? '*' : events.join(','));

/** A state that nobody wrote is treated as the strictest one. */
const fromRow = (row: EndpointRow): WebhookEndpoint => ({
  id: row.id as WebhookEndpointId,
  url: row.url,
  agentId: row.agent_id as AgentId | null,
  events: row.events === '*' ? null : NOTICE_KINDS.filter((kind) => row.events.split(',').includes(kind)),
  description: row.description,
  state: row.state === 'active' ? 'active' : 'disabled',
  disabledReason: row.disabled_reason,
  failingSince: row.failing_since,
  createdAt: row.created_at,
  updatedAt: row.updated_at,
});

function toRow(endpoint: WebhookEndpoint): EndpointRow {
  return {
    id: endpoint.id,
    url: endpoint.url,
    agent_id: endpoint.agentId,
    events: eventsText(endpoint.events),
    description: endpoint.description,
    state: endpoint.state,
    disabled_reason: endpoint.disabledReason,
    failing_since: endpoint.failingSince,
    claim: null,
    claimed_until: null,
    created_at: endpoint.createdAt,
    updated_at: endpoint.updatedAt,
  };
}

function changedColumns({ events, disabledReason, failingSince, ...plain }: EndpointChanges): Partial<EndpointRow> {
  return {
    ...plain,
    ...(events === undefined ? {} : { events: eventsText(events) }),
    ...(disabledReason === undefined ? {} : { disabled_reason: disabledReason }),
    ...(failingSince === undefined ? {} : { failing_since: failingSince }),
  };
}

export function mysqlEndpointStore(db: Knex, tablePrefix: string): EndpointStore {
  const endpoints = (): Knex.QueryBuilder<EndpointRow, EndpointRow[]> =>
    db<EndpointRow>(`${tablePrefix}ai_agent_webhook_endpoints`);
  const first = async (query: Knex.QueryBuilder<EndpointRow, EndpointRow[]>): Promise<WebhookEndpoint | undefined> => {
    const [row] = await query;
    return row === undefined ? undefined : fromRow(row);
  };
  const isFree = (now: Date) => (query: Knex.QueryBuilder) =>
    void query.whereNull('claimed_until').orWhere('claimed_until', '<=', now);
  return {
    async insert(endpoint) {
      await endpoints().insert(toRow(endpoint));
    },
    get: (id) => first(endpoints().where({ id })),
    lock: (id) => first(endpoints().where({ id }).forUpdate()),
    async list() {
      return (await endpoints().orderBy('created_at').orderBy('id').limit(MOST_ENDPOINTS)).map(fromRow);
    },
    async update(id, changes, at) {
      await endpoints()
        .where({ id })
        .update({ ...changedColumns(changes), updated_at: at });
    },
    async remove(id) {
      await endpoints().where({ id }).delete();
    },
    async waiting(now, limit) {
      const deliveries = `${tablePrefix}ai_agent_webhook_deliveries as d`;
      const rows = await endpoints()
        .from(`${tablePrefix}ai_agent_webhook_endpoints as e`)
        .select<{ id: string }[]>('e.id')
        .where('e.state', 'active')
        .where(isFree(now))
        .whereExists(
          db(deliveries)
            .select(db.raw('1'))
            .whereRaw('d.endpoint_id = e.id')
            .where('d.state', 'pending')
            .where('d.next_attempt_at', '<=', now),
        )
        .limit(limit);
      return rows.map(({ id }) => id as WebhookEndpointId);
    },
    async takeTurn(id, { claim, until }, now) {
      const changed = await endpoints()
        .where({ id, state: 'active' })
        .where(isFree(now))
        .update({ claim, claimed_until: until });
      return changed === 1;
    },
    async keepTurn(id, { claim, until }) {
      return (await endpoints().where({ id, claim, state: 'active' }).update({ claimed_until: until })) === 1;
    },
    async endTurn(id, claim) {
      await endpoints().where({ id, claim }).update({ claim: null, claimed_until: null });
    },
  };
}
