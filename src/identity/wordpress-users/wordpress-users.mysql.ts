import type { Knex } from 'knex';
import { parseWpUserId, type WpUserId } from '../../kernel/ids.js';
import type { WordPressTables } from './wordpress-tables.js';
import type { WordPressUser, WordPressUsers } from './wordpress-users.js';

interface UserRow {
  readonly ID: unknown;
  readonly user_login: string;
  readonly user_email: string;
  readonly spam?: unknown;
  readonly deleted?: unknown;
}

interface ValueRow {
  readonly name: Buffer;
  readonly value: Buffer | null;
}

/** One byte more than the decoder takes, so that a longer value is noticed and never fetched whole. */
const VALUE_LIMIT = 1_048_577;
const VALUE = `LEFT(CAST(CONVERT(?? USING utf8mb4) AS BINARY), ${VALUE_LIMIT}) AS value`;
const NAME = 'CAST(?? AS BINARY) AS name';
/** A key may stand in many rows; the first with exactly its bytes counts, and a handful of look-alikes is enough to see. */
const ROWS = 50;

function userFromRow(row: UserRow): WordPressUser {
  const id = parseWpUserId(typeof row.ID === 'bigint' ? Number(row.ID) : row.ID);
  if (id === undefined) throw new Error('the users table holds an id that is not a positive integer');
  return {
    id,
    login: row.user_login,
    email: row.user_email,
    spam: isSet(row.spam),
    deleted: isSet(row.deleted),
  };
}

const isSet = (flag: unknown): boolean => flag !== undefined && flag !== null && Number(flag) !== 0;

/** Reads a site's own tables. `db` may be a pool or a transaction; errors are the driver's. */
export function mysqlWordPressUsers(db: Knex, tables: WordPressTables): WordPressUsers {
  const userBy = (column: 'ID' | 'user_login' | 'user_email') => async (value: string | WpUserId) => {
    const flags = tables.multisite ? ['spam', 'deleted'] : [];
    const rows = await db
      .from(tables.users)
      .select<UserRow[]>(['ID', 'user_login', 'user_email', ...flags])
      .where(column, value)
      .limit(1);
    return rows[0] === undefined ? undefined : userFromRow(rows[0]);
  };
  return {
    findByLogin: userBy('user_login'),
    findByEmail: userBy('user_email'),
    findById: userBy('ID'),
    userMeta: (id, key) => userMeta(db, tables, id, key),
    option: (name) => option(db, tables, name),
    networkOption: (name, network) =>
      tables.multisite ? networkOption(db, tables, name, network) : option(db, tables, name),
  };
}

async function userMeta(db: Knex, tables: WordPressTables, id: WpUserId, key: string): Promise<Uint8Array | undefined> {
  const rows = await db
    .from(tables.usermeta)
    .select<ValueRow[]>(db.raw(NAME, ['meta_key']), db.raw(VALUE, ['meta_value']))
    .where({ user_id: id, meta_key: key })
    .orderBy('umeta_id')
    .limit(ROWS);
  return exactly(rows, key);
}

async function option(db: Knex, tables: WordPressTables, name: string): Promise<Uint8Array | undefined> {
  const rows = await db
    .from(tables.options)
    .select<ValueRow[]>(db.raw(NAME, ['option_name']), db.raw(VALUE, ['option_value']))
    .where({ option_name: name })
    .limit(ROWS);
  return exactly(rows, name);
}

/**
 * The main network is the one with the lowest id (`get_main_network_id()`), the current one is this site's.
 * PRIMARY_NETWORK_ID of wp-config.php isn't seen.
 */
async function networkOption(
  db: Knex,
  tables: WordPressTables,
  name: string,
  network: 'main' | 'current',
): Promise<Uint8Array | undefined> {
  if (tables.sitemeta === undefined || tables.sitemeta === null) throw new Error('a network needs its sitemeta table');
  const networkId =
    network === 'main'
      ? db.from(`${tables.basePrefix}site`).min('id')
      : db.from(`${tables.basePrefix}blogs`).select('site_id').where({ blog_id: tables.blogId });
  const rows = await db
    .from(tables.sitemeta)
    .select<ValueRow[]>(db.raw(NAME, ['meta_key']), db.raw(VALUE, ['meta_value']))
    .where({ meta_key: name })
    .where('site_id', networkId)
    .orderBy('meta_id')
    .limit(ROWS);
  return exactly(rows, name);
}

/** Collations call `Wp_Capabilities` and `wp_capabilities` equal; PHP's array of a user's meta doesn't. */
function exactly(rows: readonly ValueRow[], name: string): Uint8Array | undefined {
  const wanted = Buffer.from(name, 'utf8');
  return rows.find((row) => wanted.equals(row.name))?.value ?? undefined;
}
