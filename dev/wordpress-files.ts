import { randomBytes } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { cacheFolder } from './paths.js';
import { run } from './processes.js';

/** The suite of Debian that carries each version, and the default theme of that version. */
const RELEASES = {
  '7.1': { suite: 'sid', theme: 'twentytwentyfive' },
  '6.8': { suite: 'trixie', theme: 'twentytwentyfive' },
  '6.1': { suite: 'bookworm', theme: 'twentytwentythree' },
} as const;

export type WordPressVersion = keyof typeof RELEASES;
export const WORDPRESS_VERSIONS: readonly WordPressVersion[] = ['7.1', '6.8', '6.1'];

/** Parts of WordPress that Debian packages by themselves, and which the wordpress package links to. */
const PARTS = [
  'libphp-phpmailer',
  'php-getid3',
  'libjs-underscore',
  'libjs-jquery-ui',
  'libjs-cropper',
  'libjs-lodash',
];

export interface WordPressFiles {
  readonly version: WordPressVersion;
  /** What `wp-includes/version.php` says, such as 7.1.4. */
  readonly exactVersion: string;
  readonly folder: string;
}

/**
 * WordPress's files, complete and without links out of the folder, from the per-user cache; fetched on first use.
 * They are made aside and moved into place whole, so two runs at once and an interrupted one leave a good cache.
 */
export async function wordpressFiles(
  version: WordPressVersion,
  say: (line: string) => void = () => undefined,
): Promise<WordPressFiles> {
  const folder = join(cacheFolder(), `wordpress-${version}`);
  if (!existsSync(join(folder, 'wp-load.php'))) {
    say(`fetching WordPress ${version} (Debian ${RELEASES[version].suite})`);
    await fetchInto(folder, version, say);
  }
  return { version, exactVersion: exactVersion(folder), folder };
}

function exactVersion(folder: string): string {
  const text = readFileSync(join(folder, 'wp-includes', 'version.php'), 'utf8');
  const found = /^\$wp_version\s*=\s*'([^']+)'/m.exec(text)?.[1];
  if (found === undefined) throw new Error(`no $wp_version in ${folder}`);
  return found;
}

async function fetchInto(folder: string, version: WordPressVersion, say: (line: string) => void): Promise<void> {
  const work = mkdtempSync(join(cacheFolder(), `fetching-${version}-`));
  try {
    const root = join(work, 'root');
    await downloadAndUnpack(work, root, version);
    const finished = join(work, 'finished');
    flatten(join(root, 'usr', 'share', 'wordpress'), finished);
    const found = exactVersion(finished);
    if (!`${found}.`.startsWith(`${version}.`))
      say(`Debian ${RELEASES[version].suite} now has WordPress ${found}, taken in place of ${version}`);
    moveIntoPlace(finished, folder);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** rename(2) is atomic; when somebody else was quicker, theirs is as good. */
function moveIntoPlace(finished: string, folder: string): void {
  if (existsSync(folder) && !existsSync(join(folder, 'wp-load.php')))
    renameSync(folder, `${finished}-${randomBytes(4).toString('hex')}`);
  try {
    renameSync(finished, folder);
  } catch (error) {
    if (!existsSync(join(folder, 'wp-load.php'))) throw error;
  }
}

/** Copies what the links point at; leaves out Debian's own configuration, and links to files that exist only when installed. */
function flatten(source: string, target: string): void {
  const leftOut = new Set([
    join(source, 'wp-config.php'),
    join(source, '.htaccess'),
    join(source, 'wp-content', 'plugins', 'akismet'),
  ]);
  cpSync(source, target, {
    recursive: true,
    dereference: true,
    filter: (path) => !leftOut.has(path) && existsSync(path),
  });
}

async function downloadAndUnpack(work: string, root: string, version: WordPressVersion): Promise<void> {
  const { suite, theme } = RELEASES[version];
  const apt = await privateApt(work, suite);
  await run('apt-get', [...apt, 'update']);
  const names = [...PARTS, `wordpress-theme-${theme}`];
  const { stdout } = await run('apt-cache', [...apt, 'pkgnames'], { tolerant: true });
  const known = new Set(stdout.split('\n'));
  const debs = join(work, 'debs');
  mkdirSync(debs);
  await run('apt-get', [...apt, 'download', 'wordpress', ...names.filter((name) => known.has(name))], { cwd: debs });
  for (const deb of readdirSync(debs)) await run('dpkg', ['-x', join(debs, deb), root]);
}

/**
 * Arguments that make apt work in a folder of ours, on one suite, with Debian's keys: the system's lists, cache and
 * sources are neither read nor written, and root isn't needed.
 */
async function privateApt(work: string, suite: string): Promise<readonly string[]> {
  const folder = join(work, 'apt');
  for (const path of ['state/lists/partial', 'cache/archives/partial'])
    mkdirSync(join(folder, path), { recursive: true });
  const { mirror, keyring } = await debian(work);
  writeFileSync(join(folder, 'status'), '');
  writeFileSync(join(folder, 'sources.list'), `deb [target=Packages signed-by=${keyring}] ${mirror} ${suite} main\n`);
  const settings = {
    'Dir::Etc::sourcelist': join(folder, 'sources.list'),
    'Dir::Etc::sourceparts': '/dev/null',
    'Dir::State': join(folder, 'state'),
    'Dir::State::lists': join(folder, 'state', 'lists'),
    'Dir::State::status': join(folder, 'status'),
    'Dir::Cache': join(folder, 'cache'),
    'APT::Sandbox::User': '',
    'Acquire::Languages': 'none',
    'Acquire::Retries': '3',
  };
  return ['-q', ...Object.entries(settings).flatMap(([name, value]) => ['-o', `${name}=${value}`])];
}

const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';
const isDebian = (release: string): boolean => /^ID=debian$/m.test(release);

/** The Debian mirror that this machine uses and Debian's keys. Elsewhere than on Debian both come from packages that name them. */
async function debian(work: string): Promise<{ readonly mirror: string; readonly keyring: string }> {
  const chosen = process.env['DEBIAN_MIRROR'];
  if (chosen !== undefined && existsSync(KEYRING)) return { mirror: chosen, keyring: KEYRING };
  const release = existsSync('/etc/os-release') ? readFileSync('/etc/os-release', 'utf8') : '';
  if (isDebian(release) && existsSync(KEYRING)) {
    const { stdout } = await run('apt-get', [
      'indextargets',
      '--format',
      '$(SITE) $(CODENAME)',
      'Created-By: Packages',
    ]);
    const mirror = mirrorOf(stdout, /^VERSION_CODENAME=(.+)$/m.exec(release)?.[1]);
    if (mirror !== undefined) return { mirror, keyring: KEYRING };
  }
  return debianFromPackages(work);
}

/** Pure. The line whose suite is the release itself: security updates come from another place. */
export function mirrorOf(indexTargets: string, codename: string | undefined): string | undefined {
  const lines = indexTargets.split('\n').map((line) => line.trim().split(' '));
  const own =
    lines.find(([, suite]) => suite === codename) ?? lines.find(([, suite]) => suite?.includes('-') === false);
  return own?.[0] === '' ? undefined : own?.[0];
}

/** python-apt-common knows Debian's mirror (`BaseURI`), debian-archive-keyring its keys; neither gets installed. */
async function debianFromPackages(work: string): Promise<{ readonly mirror: string; readonly keyring: string }> {
  const folder = mkdtempSync(join(work, 'debian-'));
  await run('apt-get', ['-q', 'download', 'python-apt-common', 'debian-archive-keyring'], { cwd: folder });
  for (const deb of readdirSync(folder).filter((name) => name.endsWith('.deb')))
    await run('dpkg', ['-x', deb, 'root'], { cwd: folder });
  const templates = readFileSync(join(folder, 'root/usr/share/python-apt/templates/Debian.info'), 'utf8');
  const mirror = process.env['DEBIAN_MIRROR'] ?? /^Suite: sid$[\s\S]*?^BaseURI: (\S+)$/m.exec(templates)?.[1];
  if (mirror === undefined) throw new Error('no Debian mirror known: set DEBIAN_MIRROR');
  return { mirror, keyring: join(folder, 'root', KEYRING) };
}
