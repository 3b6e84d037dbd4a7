import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import mysql from 'mysql2/promise';
import { freePort } from './ports.js';
import { until } from './proc.js';
import { run, start, type Running } from './processes.js';
import { findProgram } from './system.js';

export interface MariaDbOptions {
  /** A folder of ours: the data, the root password (0600), the log and the socket live in it. Used again when it is there. */
  readonly dataDir: string;
  readonly port?: number;
  /** The stack it belongs to (see processes.ts); its own folder when absent. */
  readonly stackFolder?: string;
  /** false: a commit may be lost in a power cut (innodb_flush_log_at_trx_commit=2). Default true. */
  readonly durable?: boolean;
  readonly extraArgs?: readonly string[];
}

/** How to reach it as root: through its socket alone, since root has no account for TCP. */
export interface AdminAccess {
  readonly socketPath: string;
  readonly user: 'root';
  readonly password: string;
}

export interface MariaDb {
  readonly host: '127.0.0.1';
  readonly port: number;
  readonly admin: AdminAccess;
  readonly pid: number;
  /** A clean shutdown; SIGKILL after 30 s. */
  stop(): Promise<void>;
  /** SIGKILL, as a crash would: InnoDB recovers at the next start. */
  kill(): Promise<void>;
  /** Starts it again on the same port, after stop() or kill() or while it runs. */
  restart(): Promise<void>;
}

/** A private MariaDB on 127.0.0.1, which reads no configuration of the system's. Resolves when it answers. */
export async function startMariaDb(options: MariaDbOptions): Promise<MariaDb> {
  mkdirSync(options.dataDir, { recursive: true, mode: 0o700 });
  await initialise(options.dataDir);
  const password = rootPassword(options.dataDir);
  const socketPath = shortSocketPath(options.dataDir);
  const admin: AdminAccess = { socketPath, user: 'root', password };
  let port = options.port ?? (await freePort());
  let running: Running;
  try {
    running = await launch(options, port, admin);
  } catch (error) {
    if (options.port !== undefined || !String(error).includes('in use')) throw error;
    port = await freePort();
    running = await launch(options, port, admin);
  }
  return {
    host: '127.0.0.1',
    port,
    admin,
    get pid() {
      return running.pid;
    },
    stop: () => running.stop(30_000),
    kill: () => running.kill(),
    async restart() {
      await running.stop(30_000);
      running = await launch(options, port, admin);
    },
  };
}

/** A connection as root; the caller ends it. `database` may be absent. */
export function connectAsAdmin(admin: AdminAccess, database?: string): Promise<mysql.Connection> {
  return mysql.createConnection({
    ...admin,
    multipleStatements: false,
    ...(database === undefined ? {} : { database }),
  });
}

/** A starting server deletes the temporary tables that it finds, whosever they are. */
const temporary = (folder: string): string => join(folder, 'tmp');

/** The system tables, made aside and moved into place whole: an interrupted start leaves nothing that looks finished. */
async function initialise(folder: string): Promise<void> {
  mkdirSync(temporary(folder), { recursive: true, mode: 0o700 });
  const data = join(folder, 'data');
  if (existsSync(data)) return;
  const unfinished = join(folder, 'data.new');
  rmSync(unfinished, { recursive: true, force: true });
  const installer = findProgram('mariadb-install-db');
  if (installer === undefined) throw new Error('mariadb-install-db is not installed');
  await run(installer, [
    '--no-defaults',
    `--datadir=${unfinished}`,
    `--tmpdir=${temporary(folder)}`,
    '--auth-root-authentication-method=normal',
    '--skip-test-db',
    '--skip-name-resolve',
    ...asRoot(),
  ]);
  renameSync(unfinished, data);
}

function rootPassword(folder: string): string {
  const file = join(folder, 'root-password');
  if (!existsSync(file)) writeFileSync(file, randomBytes(18).toString('hex'), { mode: 0o600, flag: 'wx' });
  return readFileSync(file, 'utf8').trim();
}

/** A socket's address holds 107 bytes (unix(7)); a deeper folder gets one in the temporary folder, for this start alone. */
function shortSocketPath(folder: string): string {
  const inside = join(folder, 'socket');
  return Buffer.byteLength(inside) <= 100 ? inside : join(mkdtempSync(join(tmpdir(), 'chaperone-')), 'socket');
}

function asRoot(): readonly string[] {
  return process.getuid?.() === 0 ? ['--user=root'] : [];
}

/** Runs before the server takes its first connection, so root is never without a password. */
function initialStatements(folder: string, password: string): string {
  const file = join(folder, 'init.sql');
  const statements = [
    `DELETE FROM mysql.global_priv WHERE User = '' OR (User = 'root' AND Host <> 'localhost');`,
    'FLUSH PRIVILEGES;',
    `ALTER USER 'root'@'localhost' IDENTIFIED BY '${password}';`,
  ];
  writeFileSync(file, `${statements.join('\n')}\n`, { mode: 0o600 });
  return file;
}

async function launch(options: MariaDbOptions, port: number, admin: AdminAccess): Promise<Running> {
  const server = findProgram('mariadbd');
  if (server === undefined) throw new Error('mariadbd is not installed');
  const log = join(options.dataDir, 'mariadb.log');
  rmSync(log, { force: true });
  const running = start(
    options.stackFolder ?? options.dataDir,
    server,
    [
      '--no-defaults',
      `--datadir=${join(options.dataDir, 'data')}`,
      `--tmpdir=${temporary(options.dataDir)}`,
      `--socket=${admin.socketPath}`,
      `--pid-file=${join(options.dataDir, 'mariadb.pid')}`,
      `--port=${port}`,
      '--bind-address=127.0.0.1',
      '--skip-name-resolve',
      `--init-file=${initialStatements(options.dataDir, admin.password)}`,
      '--character-set-server=utf8mb4',
      '--collation-server=utf8mb4_unicode_ci',
      '--innodb-buffer-pool-size=128M',
      `--innodb-flush-log-at-trx-commit=${options.durable === false ? 2 : 1}`,
      '--max-connections=300',
      ...asRoot(),
      ...(options.extraArgs ?? []),
    ],
    { log },
  );
  const ready = await until(async () => running.hasEnded() || (await answers(admin)), 60_000);
  if (ready && !running.hasEnded()) return running;
  await running.kill();
  throw new Error(`MariaDB did not start: ${readFileSync(log, 'utf8').trim().split('\n').slice(-8).join('\n')}`);
}

async function answers(admin: AdminAccess): Promise<boolean> {
  try {
    const connection = await connectAsAdmin(admin);
    await connection.query('SELECT 1');
    await connection.end();
    return true;
  } catch {
    return false;
  }
}
