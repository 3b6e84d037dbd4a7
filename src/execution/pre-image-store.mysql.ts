import type { Knex } from 'knex';
import type { ImageBox, PreImageStore } from './pre-image-store.js';
import type { PreImage } from './undoing.js';

interface Row {
  id: string;
  agent_id: string;
  user_id: number;
  tool: string;
  sealed: string;
  created_at: Date;
}

export function mysqlPreImageStore(knex: Knex, tablePrefix: string, box: ImageBox): PreImageStore {
  const table = `${tablePrefix}ai_agent_pre_images`;
  return {
    async keep({ callId, agentId, userId, tool, image, at }) {
      const sealed = box.seal(callId, JSON.stringify(image));
      await knex<Row>(table).insert({ id: callId, agent_id: agentId, user_id: userId, tool, sealed, created_at: at });
    },
    async get(callId) {
      const row = await knex<Row>(table).where({ id: callId }).first();
      return row && (JSON.parse(box.open(callId, row.sealed)) as PreImage);
    },
    purge: (before, limit) => knex<Row>(table).where('created_at', '<', before).limit(limit).delete(),
    erase: (userId) => knex<Row>(table).where({ user_id: userId }).delete(),
  };
}
