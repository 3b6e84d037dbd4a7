import { existsSync, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { run } from './processes.js';

/** The program's full path, looked for in PATH and where Debian keeps daemons (a plain user's PATH leaves those out). */
export function findProgram(name: string): string | undefined {
  const folders = [
    ...(process.env['PATH'] ?? '').split(delimiter),
    '/usr/local/sbin',
    '/usr/sbin',
    '/sbin',
    '/usr/bin',
  ];
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path) && statSync(path).isFile());
}

const EXTENSIONS = ['mysqli', 'curl', 'dom', 'simplexml', 'mbstring', 'gd', 'intl', 'openssl', 'sodium'] as const;

/** The extensions that `php -m` doesn't name; all of them when there is no PHP. */
export async function missingExtensions(wanted: readonly string[]): Promise<readonly string[]> {
  const php = findProgram('php');
  if (php === undefined) return wanted;
  const { stdout } = await run(php, ['-m'], { tolerant: true });
  const present = new Set(stdout.toLowerCase().split(/\s+/));
  return wanted.filter((extension) => !present.has(extension));
}

/** Something the stack needs: found by asking for the thing itself, not for a package that ought to hold it. */
interface Need {
  readonly what: string;
  readonly packages: readonly string[];
  readonly missing: () => boolean | Promise<boolean>;
}

const program = (name: string, ...packages: string[]): Need => ({
  what: name,
  packages,
  missing: () => findProgram(name) === undefined,
});
const extension = (name: string, ...packages: string[]): Need => ({
  what: `PHP's ${name}`,
  packages,
  missing: async () => (await missingExtensions([name])).length > 0,
});

const PACKAGE_OF_EXTENSION: Readonly<Record<(typeof EXTENSIONS)[number], string>> = {
  mysqli: 'php-mysql',
  curl: 'php-curl',
  dom: 'php-xml',
  simplexml: 'php-xml',
  mbstring: 'php-mbstring',
  gd: 'php-gd',
  intl: 'php-intl',
  openssl: 'php-cli',
  sodium: 'php-cli',
};

/**
 * The -core packages hold mariadbd and mariadb-install-db without the service, its user and its files in /etc/mysql that
 * `mariadb-server` brings; nothing is started by installing them.
 */
const STACK: readonly Need[] = [
  program('mariadbd', 'mariadb-server-core'),
  program('mariadb-install-db', 'mariadb-server-core'),
  program('my_print_defaults', 'mariadb-client-core'),
  program('php', 'php-cli'),
  ...EXTENSIONS.map((name) => extension(name, PACKAGE_OF_EXTENSION[name])),
];

/** For the plugin's own tests: Composer, and what it unpacks archives with. */
const PHP_TESTS: readonly Need[] = [
  program('composer', 'composer'),
  {
    what: 'unzip or PHP’s zip',
    packages: ['unzip'],
    missing: async () => findProgram('unzip') === undefined && (await missingExtensions(['zip'])).length > 0,
  },
  ...['tokenizer', 'xmlwriter'].map((name) => extension(name, 'php-xml')),
];

/**
 * A Redis for the limits' contract. Debian's `redis-tools` holds the server's binary under another of its names
 * (redis-check-rdb), without the service that `redis-server` brings.
 */
const REDIS: Need = {
  what: 'redis-server',
  packages: ['redis-tools'],
  missing: () => ['redis-server', 'valkey-server', 'redis-check-rdb'].every((name) => findProgram(name) === undefined),
};

/** What the screens are looked at with. */
const BROWSER: Need = {
  what: 'chromium',
  packages: ['chromium'],
  missing: () => findProgram('chromium') === undefined,
};

export const NEEDS = {
  stack: STACK,
  tests: [...STACK, REDIS, BROWSER],
  phpTests: [...STACK.filter(({ what }) => /php/i.test(what)), ...PHP_TESTS],
} as const;

async function stillMissing(needs: readonly Need[]): Promise<readonly Need[]> {
  const verdicts = await Promise.all(needs.map(async (need) => ((await need.missing()) ? [need] : [])));
  return verdicts.flat();
}

/** Installs what is missing, or throws an error whose message says what to install and how. `say` hears what is done. */
export async function ensureSystem(needs: readonly Need[], say: (line: string) => void): Promise<void> {
  const missing = await stillMissing(needs);
  if (missing.length === 0) return;
  const elevate = await wayToRoot();
  if (findProgram('apt-get') === undefined || elevate === undefined) throw new Error(instructions(missing));
  await install(missing, elevate, say);
  const left = await stillMissing(missing);
  if (left.length > 0) throw new Error(instructions(left));
}

/** What to put before a command to run it as root: nothing, `sudo -n`, or no way. */
async function wayToRoot(): Promise<readonly string[] | undefined> {
  if (process.getuid?.() === 0) return [];
  const sudo = findProgram('sudo');
  if (sudo === undefined) return undefined;
  const { code } = await run(sudo, ['-n', 'true'], { tolerant: true });
  return code === 0 ? [sudo, '-n'] : undefined;
}

async function install(
  missing: readonly Need[],
  elevate: readonly string[],
  say: (line: string) => void,
): Promise<void> {
  const aptGet = (...args: string[]): Promise<unknown> => {
    const [command = 'env', ...rest] = [
      ...elevate,
      'env',
      'DEBIAN_FRONTEND=noninteractive',
      'apt-get',
      '-q',
      '-o',
      'DPkg::Lock::Timeout=120',
      ...args,
    ];
    return run(command, rest, { unstoppable: true });
  };
  let packages = await resolvePackages(missing);
  if (packages === undefined || !(await canInstall(packages))) {
    say('reading the package lists (apt-get update)');
    await aptGet('update');
    packages = await resolvePackages(missing);
  }
  if (packages === undefined) throw new Error(instructions(missing));
  say(`installing ${packages.join(' ')}`);
  const installPackages = (): Promise<unknown> => aptGet('install', '-y', '--no-install-recommends', ...packages);
  try {
    await installPackages();
  } catch {
    say('reading the package lists once more (apt-get update)');
    await aptGet('update');
    await installPackages();
  }
}

async function canInstall(packages: readonly string[]): Promise<boolean> {
  const { code } = await run('apt-get', ['install', '-s', '-q', '--no-install-recommends', ...packages], {
    tolerant: true,
  });
  return code === 0;
}

/** Older releases put the version into the name (`mariadb-server-core-10.6`). undefined: the lists don't know a package. */
async function resolvePackages(missing: readonly Need[]): Promise<readonly string[] | undefined> {
  const wanted = [...new Set(missing.flatMap(({ packages }) => packages))];
  const found = await Promise.all(
    wanted.map(async (name) => {
      const { stdout } = await run('apt-cache', ['pkgnames', name], { tolerant: true });
      const names = stdout.split('\n').filter((one) => one === name || /^-[0-9.]+$/.test(one.slice(name.length)));
      return names.includes(name) ? name : names.sort().at(-1);
    }),
  );
  return found.every((name) => name !== undefined) ? found : undefined;
}

function instructions(missing: readonly Need[]): string {
  const packages = [...new Set(missing.flatMap((need) => need.packages))].join(' ');
  return [
    `Missing on this machine: ${missing.map(({ what }) => what).join(', ')}.`,
    'On Debian or Ubuntu, as root:',
    `  apt-get update && apt-get install --no-install-recommends ${packages}`,
    'Elsewhere: MariaDB 10.5 or newer (its server program alone, no service), PHP 7.4 or newer with the extensions',
    `${EXTENSIONS.join(', ')}, and apt-get with dpkg, which fetch WordPress. A Debian container has all of it.`,
  ].join('\n');
}
