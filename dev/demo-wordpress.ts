import { randomBytes } from 'node:crypto';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createOwnDatabase, dropOwnDatabase } from './databases.js';
import { saveState, writePrivate, type DemoFolder, type DemoState, type DemoUser } from './demo-files.js';
import type { MariaDb } from './mariadb.js';
import { installSite, openSite, type Site } from './site.js';
import type { Say } from './steps.js';
import { wordpressFiles } from './wordpress-files.js';

export const DEMO_TITLE = 'The Morning Post';
export const DEMO_TIME_ZONE = 'Europe/Berlin';
const DATABASE = 'morningpost';

type Installed = Required<Pick<DemoState, 'database' | 'wordpress'>>;

/** The demo's WordPress: installed in whole, or the one that was. A half-made one is thrown away and made anew. */
export async function demoWordPress(
  demo: DemoFolder,
  state: DemoState,
  database: MariaDb,
  port: number,
  say: Say,
): Promise<DemoState & Installed> {
  const { database: access, wordpress } = state;
  if (access !== undefined && wordpress !== undefined) {
    await moveSite(demo, database.port, port);
    return { ...state, database: access, wordpress };
  }
  rmSync(demo.docRoot, { recursive: true, force: true });
  await dropOwnDatabase(database.admin, DATABASE);
  const { user, password, name } = await createOwnDatabase(database, DATABASE);
  const made = await install(demo, { user, password, name }, database, port, say);
  const after = { ...state, database: { user, password, name }, wordpress: made };
  saveState(demo, after);
  return after;
}

async function install(
  demo: DemoFolder,
  own: Installed['database'],
  server: MariaDb,
  port: number,
  say: Say,
): Promise<Installed['wordpress']> {
  const files = await wordpressFiles('7.1', say);
  const admin = { login: 'admin', password: newPassword(), email: 'admin@example.org' };
  const site = await installSite({
    files: files.folder,
    docRoot: demo.docRoot,
    database: { ...own, host: server.host, port: server.port, tablePrefix: 'wp_' },
    url: `http://127.0.0.1:${port}`,
    title: DEMO_TITLE,
    adminUser: admin,
    timeZone: DEMO_TIME_ZONE,
    copyAll: true,
  });
  const users = {
    admin: await withApplicationPassword(site, 1, admin.login, admin.password),
    editor: await newEditor(site, 'editor', 'Edda the Editor'),
    editor2: await newEditor(site, 'editor2', 'Enno the Second Editor'),
  };
  return { version: files.exactVersion, users };
}

const newPassword = (): string => randomBytes(12).toString('base64url');

async function newEditor(site: Site, login: string, displayName: string): Promise<DemoUser> {
  const password = newPassword();
  const id = await site.createUser({ login, password, displayName, role: 'editor' });
  return withApplicationPassword(site, id, login, password);
}

async function withApplicationPassword(site: Site, id: number, login: string, password: string): Promise<DemoUser> {
  return { id, login, password, applicationPassword: await site.createApplicationPassword(id, 'Demo') };
}

/** A port may be taken by something else since the last run: then wp-config.php and WordPress's own address follow. */
async function moveSite(demo: DemoFolder, databasePort: number, port: number): Promise<void> {
  const config = join(demo.docRoot, 'wp-config.php');
  const before = readFileSync(config, 'utf8');
  const after = before.replace(/(define\( 'DB_HOST', '127\.0\.0\.1:)\d+/, `$1${databasePort}`);
  if (after !== before) writePrivate(config, after);
  const url = `http://127.0.0.1:${port}`;
  const site = openSite(demo.docRoot, url);
  await site.php(
    "foreach ( array( 'home', 'siteurl' ) as $name ) { if ( get_option( $name ) !== $args ) { update_option( $name, $args ); } }",
    url,
  );
}
