// The door to `npm run demo` and `npm test`: works on a clone in which nothing is installed yet.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const at = (...parts) => join(root, ...parts);
const read = (path) => (existsSync(path) ? readFileSync(path, 'utf8') : '');
const say = (line) => console.log(`• ${line}`);

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  console.error(`Chaperone needs Node 20.19 or newer; this is ${process.version}.`);
  process.exit(1);
}

/** npm's own record of what it installed counts too, so that a hand-made `npm ci` isn't done again. */
function installPackages() {
  const lockfile = at('package-lock.json');
  const record = at('node_modules', '.package-lock.json');
  const stamp = at('node_modules', '.lockfile-sha256');
  const wanted = createHash('sha256').update(readFileSync(lockfile)).digest('hex');
  if (read(stamp) === wanted && existsSync(record)) return;
  if (!existsSync(record) || statSync(record).mtimeMs < statSync(lockfile).mtimeMs) {
    say('installing npm packages (npm ci)');
    npmInstall();
  }
  writeFileSync(stamp, wanted);
}

function npmInstall() {
  const path = process.env.npm_execpath;
  const [npm, first] = path?.endsWith('.js') ? [process.execPath, [path]] : ['npm', []];
  run(npm, [...first, 'ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'], 'npm ci');
}

function sources(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && /\.(tsx?|json|css|mjs)$/.test(entry.name))
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .sort();
}

const stateOf = (files) =>
  files
    .map((path) => {
      const { mtimeMs, size } = statSync(path);
      return `${path} ${mtimeMs} ${size}`;
    })
    .join('\n');

/** Compiles when a source changed since the last time; from nothing when one went away, so that dist/ has no ghosts. */
function build() {
  const files = [
    ...['src', 'migrations', 'dev', 'bench'].flatMap((folder) => sources(at(folder))),
    ...['knexfile.ts', 'tsconfig.json', 'tsconfig.build.json', 'package-lock.json'].map((name) => at(name)),
  ].filter((path) => existsSync(path));
  const state = stateOf(files);
  const stamp = at('dist', '.built-from');
  const before = read(stamp);
  if (before === state) return;
  say('compiling (tsc)');
  const names = new Set(files);
  const gone = before.split('\n').some((line) => line !== '' && !names.has(line.replace(/ \S+ \S+$/, '')));
  if (gone || before === '') rmSync(at('dist'), { recursive: true, force: true });
  run(process.execPath, [at('node_modules', 'typescript', 'bin', 'tsc'), '-p', at('tsconfig.build.json')], 'tsc');
  chmodSync(at('dist', 'src', 'cli', 'chaperone.js'), 0o755); // npx runs it as a program, and tsc makes plain files
  mkdirSync(at('dist'), { recursive: true });
  writeFileSync(stamp, state);
}

/** The screens in wp-admin, bundled into the plugin, when a source of theirs or a package changed. */
function buildScreens() {
  const files = [...sources(at('wp-bridge', 'admin')), at('package-lock.json')];
  const state = stateOf(files);
  const stamp = at('wp-bridge', 'build', '.built-from');
  if (read(stamp) === state) return;
  say('bundling the screens (esbuild)');
  run(process.execPath, [at('wp-bridge', 'admin', 'build.mjs')], 'esbuild');
  writeFileSync(stamp, state);
}

function run(command, args, name) {
  const { status, signal, error } = spawnSync(command, args, { cwd: root, stdio: 'inherit' });
  if (status === 0) return;
  console.error(`${name} failed${error ? `: ${error.message}` : ''}.`);
  process.exit(signal === 'SIGINT' ? 130 : (status ?? 1));
}

const [command, ...args] = process.argv.slice(2);
if (command !== 'demo' && command !== 'test') {
  console.error('usage: node dev/run.mjs demo|test [arguments]');
  process.exit(2);
}
checkNode();
installPackages();
build();
buildScreens();
const { main } = await import(pathToFileURL(at('dist', 'dev', `${command}.js`)).href);
process.exitCode = await main(args);
