import type { Knex } from 'knex';
import { isDuplicateKey } from '../db/mysql-errors.js';
import type { JsonObject } from '../kernel/json.js';
import type { KeptAnswerStore } from './kept-answers.js';

interface Row {
  id: string;
  request_digest: string;
  status: number | null;
  body: string | null;
  created_at: Date;
}

export function mysqlKeptAnswers(knex: Knex, tablePrefix: string): KeptAnswerStore {
  const table = `${tablePrefix}ai_agent_kept_answers`;
  return {
    async begin(id, requestDigest, at) {
      try {
        await knex<Row>(table).insert({ id, request_digest: requestDigest, created_at: at });
        return undefined;
      } catch (error) {
        if (!isDuplicateKey(error)) throw error;
      }
      const row = await knex<Row>(table).where({ id }).first();
      // Freed in between: whoever asks again finds it free.
      if (row === undefined) return { requestDigest, answer: null, createdAt: at };
      const { status, body } = row;
      const answer = status === null || body === null ? null : { status, body: JSON.parse(body) as JsonObject };
      return { requestDigest: row.request_digest, answer, createdAt: row.created_at };
    },
    async keep(id, { status, body }) {
      await knex<Row>(table)
        .where({ id })
        .update({ status, body: JSON.stringify(body) });
    },
    async drop(id) {
      await knex<Row>(table).where({ id }).delete();
    },
    purge: (before, limit) => knex<Row>(table).where('created_at', '<', before).limit(limit).delete(),
  };
}
