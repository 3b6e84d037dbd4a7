import type { Knex } from 'knex';
import { isDuplicateKey } from '../../db/mysql-errors.js';
import type { WpUserId } from '../../kernel/ids.js';
import type { IdentityStore } from './identity-store.js';
import { LONGEST_SUBJECT_BYTES, type Identity, type Subject } from './identity.js';

interface IdentityRow {
  id: number;
  issuer: Buffer;
  subject: Buffer;
  user_id: number;
  created_at: Date;
}

const bytes = (text: string): Buffer => Buffer.from(text, 'utf8');
const keyOf = ({ issuer, subject }: Subject) => ({ issuer: bytes(issuer), subject: bytes(subject) });
const fits = ({ issuer, subject }: Subject): boolean =>
  [issuer, subject].every((text) => bytes(text).byteLength <= LONGEST_SUBJECT_BYTES);

function identityFromRow({ issuer, subject, user_id: userId, created_at: createdAt }: IdentityRow): Identity {
  return { issuer: issuer.toString('utf8'), subject: subject.toString('utf8'), userId: userId as WpUserId, createdAt };
}

export function mysqlIdentityStore(knex: Knex, tablePrefix: string): IdentityStore {
  const table = `${tablePrefix}ai_agent_identities`;
  const rows = () => knex<IdentityRow>(table);
  return {
    async insert({ userId, createdAt, ...subject }) {
      try {
        await rows().insert({ ...keyOf(subject), user_id: userId, created_at: createdAt });
        return true;
      } catch (error) {
        if (isDuplicateKey(error)) return false;
        throw error;
      }
    },
    async find(subject) {
      if (!fits(subject)) return undefined;
      const row = await rows().where(keyOf(subject)).first();
      return row === undefined ? undefined : identityFromRow(row);
    },
    async list({ limit, after, userId }) {
      const found = await rows()
        .where((where) => {
          if (after !== undefined) void where.where('id', '>', after);
          if (userId !== undefined) void where.where({ user_id: userId });
        })
        .orderBy('id')
        .limit(limit + 1);
      const page = found.slice(0, limit);
      return { items: page.map(identityFromRow), next: found.length > limit ? (page.at(-1)?.id ?? null) : null };
    },
    async remove(subject) {
      return fits(subject) && (await rows().where(keyOf(subject)).delete()) === 1;
    },
    removeAllOf: (userId) => rows().where({ user_id: userId }).delete(),
  };
}
