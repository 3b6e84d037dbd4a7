import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createOwnDatabase, dropOwnDatabase, type OwnDatabase, type ServerAccess } from '../../dev/databases.js';
import { restoreDatabase } from '../../dev/database-copy.js';
import { copyPlugin, makeDocRoot, writeConfig, type DatabaseAccess } from '../../dev/docroot.js';
import { connectAsAdmin, startMariaDb } from '../../dev/mariadb.js';
import { projectRoot } from '../../dev/paths.js';
import { freePort } from '../../dev/ports.js';
import { servePhp } from '../../dev/php-server.js';
import { until } from '../../dev/proc.js';
import { openSite, type NewUser, type Site } from '../../dev/site.js';
import { wordpressFiles, type WordPressVersion } from '../../dev/wordpress-files.js';
import { PLACEHOLDER_HOST, templateOf, type TestUser, type TestUsers } from './template.js';

export type { TestUser, TestUsers } from './template.js';

/** The folder of this jest run. Everything that a test brings up lives in it and goes with it. */
export function runFolder(): string {
  const folder = process.env['TEST_STACK_FOLDER'];
  if (folder === undefined)
    throw new Error('only tests of the projects contracts, http, integration and browser have a MariaDB');
  return folder;
}

/** Nothing here outlives the run, so nothing waits for the disk; a killed server still loses no commit. */
const QUICK = { durable: false, extraArgs: ['--innodb-flush-method=nosync'] };

/** The run's MariaDB, started by whichever worker asks first. */
export async function sharedMariaDb(): Promise<ServerAccess> {
  const folder = runFolder();
  const address = join(folder, 'mariadb.json');
  if (!existsSync(address) && claim(join(folder, 'mariadb.claim'))) {
    const { host, port, admin } = await startMariaDb({
      dataDir: join(folder, 'mariadb'),
      stackFolder: folder,
      ...QUICK,
    });
    writeFileSync(`${address}.new`, JSON.stringify({ host, port, admin }), { mode: 0o600 });
    renameSync(`${address}.new`, address);
  }
  if (!(await until(() => existsSync(address), 60_000))) throw new Error('the MariaDB of this run did not start');
  return JSON.parse(readFileSync(address, 'utf8')) as ServerAccess;
}

/** True for exactly one caller of the run (mkdir(2) is atomic). */
export function claim(path: string): boolean {
  try {
    mkdirSync(path);
    return true;
  } catch {
    return false;
  }
}

export interface TestDatabase extends OwnDatabase {
  /** For CHAPERONE_DATABASE_URL. */
  readonly url: string;
  drop(): Promise<void>;
}

/** An empty database of its own, with a user that has rights on it alone. */
export async function createDatabase(): Promise<TestDatabase> {
  const server = await sharedMariaDb();
  const own = await createOwnDatabase(server, uniqueName('db'));
  return { ...own, url: databaseUrl(own), drop: () => dropOwnDatabase(server.admin, own.name) };
}

const databaseUrl = ({ user, password, host, port, name }: OwnDatabase): string =>
  `mysql://${user}:${password}@${host}:${port}/${name}`;
const uniqueName = (kind: string): string => `${kind}${randomBytes(6).toString('hex')}`;

export interface TestSiteOptions {
  readonly version?: WordPressVersion;
  /** A network of subdirectories. */
  readonly multisite?: boolean;
  readonly tablePrefix?: string;
  /** An IANA zone. Default UTC. */
  readonly timeZone?: string;
  /** true: the plugin is copied from wp-bridge/ and activated. */
  readonly bridge?: boolean;
  /** Further constants for wp-config.php. */
  readonly constants?: Readonly<Record<string, string | number | boolean>>;
  /** How many requests it serves at once. Default 4. */
  readonly workers?: number;
  /** Environment of the web server's PHP. */
  readonly env?: Readonly<Record<string, string>>;
}

export interface TestSite extends Omit<Site, 'createUser' | 'docRoot'> {
  readonly version: WordPressVersion;
  /** The docroot. */
  readonly path: string;
  readonly database: DatabaseAccess & { readonly url: string };
  readonly users: TestUsers;
  /** What `php -S` printed, for a failing test. */
  readonly log: string;
  /** Login, password and role have defaults (subscriber); the user gets an application password as well. */
  createUser(user?: Partial<NewUser>): Promise<TestUser>;
  /** Ends the web server and drops the database. */
  stop(): Promise<void>;
}

/** A WordPress of its own: docroot, database, database user and web server. About half a second. */
export async function createSite(options: TestSiteOptions = {}): Promise<TestSite> {
  const { version = '7.1', multisite = false, tablePrefix = 'wp_' } = options;
  const [files, server] = [await wordpressFiles(version), await sharedMariaDb()];
  const template = await templateOf({ files, multisite, tablePrefix }, server, runFolder());
  const own = await createOwnDatabase(server, uniqueName('wp'));
  const database = { ...own, tablePrefix, url: databaseUrl(own) };
  const path = join(runFolder(), 'sites', own.name);
  const port = await freePort();
  const host = `127.0.0.1:${port}`;
  const restored = restoreDatabase(server.admin, own.name, template.dump.replaceAll(PLACEHOLDER_HOST, host));
  makeDocRoot(files.folder, path);
  const { constants } = options;
  writeConfig(path, {
    database,
    ...(multisite ? { network: { domain: host } } : {}),
    ...(constants === undefined ? {} : { constants }),
  });
  await restored;
  await setTimeZone(server, database, options.timeZone ?? 'UTC');
  const log = `${path}.log`;
  const { workers = 4, env = {} } = options;
  const php = await servePhp({ docRoot: path, port, log, stackFolder: runFolder(), workers, env });
  const site = openSite(path, php.url);
  if (options.bridge === true) {
    copyPlugin(join(projectRoot(), 'wp-bridge'), path);
    await site.activatePlugin('chaperone/chaperone.php', multisite);
  }
  return {
    ...site,
    version,
    path,
    database,
    users: template.users,
    log,
    createUser: (user) => createUser(site, user ?? {}),
    async stop() {
      await php.stop();
      await dropOwnDatabase(server.admin, own.name);
    },
  };
}

async function setTimeZone(server: ServerAccess, { name, tablePrefix }: DatabaseAccess, zone: string): Promise<void> {
  const connection = await connectAsAdmin(server.admin, name);
  await connection.query('UPDATE ?? SET option_value = ? WHERE option_name = ?', [
    `${tablePrefix}options`,
    zone,
    'timezone_string',
  ]);
  await connection.end();
}

async function createUser(site: Site, user: Partial<NewUser>): Promise<TestUser> {
  const login = user.login ?? uniqueName('user');
  const password = user.password ?? randomBytes(12).toString('hex');
  const id = await site.createUser({ role: 'subscriber', ...user, login, password });
  return { id, login, password, applicationPassword: await site.createApplicationPassword(id, 'test') };
}
