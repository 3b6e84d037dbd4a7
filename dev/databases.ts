import { randomBytes } from 'node:crypto';
import { connectAsAdmin, type AdminAccess, type MariaDb } from './mariadb.js';

/** A database of its own, and a user with all rights on it and on nothing else. */
export interface OwnDatabase {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly name: string;
}

/** How to reach a server that some process keeps running. */
export type ServerAccess = Pick<MariaDb, 'host' | 'port' | 'admin'>;

/** Makes database and user, both called `name`: letters and digits, since `_` is a wildcard in GRANT. */
export async function createOwnDatabase(server: ServerAccess, name: string): Promise<OwnDatabase> {
  if (!/^[a-z][a-z0-9]{0,31}$/.test(name)) throw new Error(`not a database name: ${name}`);
  const password = randomBytes(18).toString('hex');
  const connection = await connectAsAdmin(server.admin);
  try {
    await connection.query(`CREATE DATABASE ${name} CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci`);
    await connection.query(`CREATE OR REPLACE USER '${name}'@'127.0.0.1' IDENTIFIED BY '${password}'`);
    await connection.query(`GRANT ALL PRIVILEGES ON ${name}.* TO '${name}'@'127.0.0.1'`);
  } finally {
    await connection.end();
  }
  return { host: server.host, port: server.port, user: name, password, name };
}

/** Drops database and user, whatever is left of them. */
export async function dropOwnDatabase(admin: AdminAccess, name: string): Promise<void> {
  const connection = await connectAsAdmin(admin);
  try {
    await connection.query(`DROP DATABASE IF EXISTS \`${name}\``);
    await connection.query(`DROP USER IF EXISTS '${name}'@'127.0.0.1'`);
  } finally {
    await connection.end();
  }
}
