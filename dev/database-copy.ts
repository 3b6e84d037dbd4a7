import { createConnection, escape, type Connection, type RowDataPacket } from 'mysql2/promise';
import type { AdminAccess } from './mariadb.js';

type SqlValue = Parameters<typeof escape>[0];

/** A connection as root that hands values on exactly as the server writes them. */
function connect(admin: AdminAccess, database: string): Promise<Connection> {
  return createConnection({
    ...admin,
    database,
    charset: 'utf8mb4',
    multipleStatements: true,
    dateStrings: true,
    supportBigNumbers: true,
    bigNumberStrings: true,
  });
}

/** The statements that make this database's tables and rows again, in an empty database. */
export async function dumpDatabase(admin: AdminAccess, database: string): Promise<string> {
  const connection = await connect(admin, database);
  try {
    const tables = await column(connection, 'SHOW TABLES', 0);
    const statements = [`SET SESSION sql_mode = 'NO_AUTO_VALUE_ON_ZERO', foreign_key_checks = 0`];
    for (const table of tables) {
      statements.push(...(await column(connection, `SHOW CREATE TABLE \`${table}\``, 1)));
      const rows = await rowsOf(connection, `SELECT * FROM \`${table}\``);
      if (rows.length > 0)
        statements.push(`INSERT INTO \`${table}\` VALUES ${rows.map((row) => `(${escape(row)})`).join(',')}`);
    }
    return `${statements.join(';\n')};\n`;
  } finally {
    await connection.end();
  }
}

/** Runs a dump's statements in an empty database. */
export async function restoreDatabase(admin: AdminAccess, database: string, dump: string): Promise<void> {
  const connection = await connect(admin, database);
  try {
    await connection.query(dump);
  } finally {
    await connection.end();
  }
}

async function rowsOf(connection: Connection, sql: string): Promise<readonly SqlValue[][]> {
  const [rows] = await connection.query<RowDataPacket[]>({ sql, rowsAsArray: true });
  return rows.map((row) => Object.values(row) as SqlValue[]);
}

/** A column of names and statements. */
async function column(connection: Connection, sql: string, index: number): Promise<readonly string[]> {
  return (await rowsOf(connection, sql)).map((row) => {
    const value = row[index];
    if (typeof value !== 'string') throw new Error(`no text in column ${index} of: ${sql}`);
    return value;
  });
}
