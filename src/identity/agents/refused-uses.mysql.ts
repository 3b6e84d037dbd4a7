import type { Knex } from 'knex';
import type { WpUserId } from '../../kernel/ids.js';
import type { RefusedUses } from './refused-uses.js';

interface Row {
  user_id: number;
  via: string;
  uses: number;
  first_at: Date;
  last_at: Date;
  last_ip: string | null;
  reported_at: Date | null;
}

export function mysqlRefusedUses(knex: Knex, tablePrefix: string): RefusedUses {
  const table = `${tablePrefix}ai_agent_refused_direct_uses`;
  return {
    async take(since, at, limit) {
      const rows = await knex<Row>(table)
        .where('uses', '>', 0)
        .where((either) => void either.whereNull('reported_at').orWhere('reported_at', '<=', since))
        .orderBy(['user_id', 'via'])
        .limit(limit)
        .forUpdate();
      for (const { user_id, via } of rows) {
        await knex<Row>(table).where({ user_id, via }).update({ uses: 0, reported_at: at });
      }
      return rows.map(({ user_id: userId, via, uses, first_at: firstAt, last_at: lastAt, last_ip: ip }) => ({
        userId: userId as WpUserId,
        via,
        uses,
        firstAt,
        lastAt,
        ip,
      }));
    },
  };
}
