import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createOwnDatabase, dropOwnDatabase, type ServerAccess } from '../../dev/databases.js';
import { dumpDatabase } from '../../dev/database-copy.js';
import { cacheFolder, projectRoot } from '../../dev/paths.js';
import { installSite, type Site } from '../../dev/site.js';
import type { WordPressFiles } from '../../dev/wordpress-files.js';

export interface TestUser {
  readonly id: number;
  readonly login: string;
  readonly password: string;
  readonly applicationPassword: string;
}

export interface TestUsers {
  readonly admin: TestUser;
  readonly editor: TestUser;
  readonly editor2: TestUser;
}

export interface Template {
  readonly users: TestUsers;
  /** SQL, with PLACEHOLDER_HOST where the site's own host and port belong. */
  readonly dump: string;
}

/** As long as any host and port of ours (five digits), so lengths inside serialised PHP stay right when it is replaced. */
export const PLACEHOLDER_HOST = '127.0.0.1:59999';

export interface TemplateKind {
  readonly files: WordPressFiles;
  readonly multisite: boolean;
  readonly tablePrefix: string;
}

/** An installed WordPress as SQL, from the per-user cache; installed for it when there is none of this kind. */
export async function templateOf(kind: TemplateKind, server: ServerAccess, folder: string): Promise<Template> {
  const file = join(cacheFolder(), 'templates', `${keyOf(kind)}.json`);
  if (!existsSync(file)) {
    const template = await makeTemplate(kind, server, folder);
    mkdirSync(join(cacheFolder(), 'templates'), { recursive: true, mode: 0o700 });
    const unfinished = `${file}.${randomBytes(4).toString('hex')}`;
    writeFileSync(unfinished, JSON.stringify(template), { mode: 0o600 });
    renameSync(unfinished, file);
  }
  return JSON.parse(readFileSync(file, 'utf8')) as Template;
}

/** Whatever could make another template: WordPress's exact version, the kind, and the files that install it. */
function keyOf({ files, multisite, tablePrefix }: TemplateKind): string {
  const makers = [
    'dev/site.ts',
    'dev/docroot.ts',
    'dev/database-copy.ts',
    'dev/php/install.php',
    'test/support/template.ts',
  ];
  const hash = createHash('sha256').update(JSON.stringify([files.exactVersion, multisite, tablePrefix]));
  for (const maker of makers) hash.update(readFileSync(join(projectRoot(), maker)));
  return `${files.exactVersion}-${hash.digest('hex').slice(0, 16)}`;
}

async function makeTemplate(
  { files, multisite, tablePrefix }: TemplateKind,
  server: ServerAccess,
  folder: string,
): Promise<Template> {
  const name = `template${randomBytes(6).toString('hex')}`;
  const docRoot = join(folder, name);
  const database = { ...(await createOwnDatabase(server, name)), tablePrefix };
  const adminUser = { login: 'admin', password: randomBytes(12).toString('hex'), email: 'admin@example.org' };
  const url = `http://${PLACEHOLDER_HOST}`;
  try {
    const site = await installSite({
      files: files.folder,
      docRoot,
      database,
      url,
      title: 'Test',
      adminUser,
      multisite,
    });
    const users = {
      admin: await withApplicationPassword(site, { id: 1, ...adminUser }),
      editor: await newEditor(site, 'editor'),
      editor2: await newEditor(site, 'editor2'),
    };
    return { users, dump: await dumpDatabase(server.admin, name) };
  } finally {
    await dropOwnDatabase(server.admin, name);
    rmSync(docRoot, { recursive: true, force: true });
  }
}

async function newEditor(site: Site, login: string): Promise<TestUser> {
  const password = randomBytes(12).toString('hex');
  return withApplicationPassword(site, {
    id: await site.createUser({ login, password, role: 'editor' }),
    login,
    password,
  });
}

async function withApplicationPassword(site: Site, user: Omit<TestUser, 'applicationPassword'>): Promise<TestUser> {
  const { id, login, password } = user;
  return { id, login, password, applicationPassword: await site.createApplicationPassword(id, 'test') };
}
