import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, sep } from 'node:path';
import { runPhpTests } from './php-tests.js';
import { projectRoot } from './paths.js';
import { say } from './steps.js';
import { ensureSystem, NEEDS } from './system.js';
import { countJest, NO_TESTS, table, total, type Counts } from './test-counts.js';
import { WORDPRESS_VERSIONS, wordpressFiles } from './wordpress-files.js';

/** The projects that need nothing but Node. */
const LIGHT = new Set(['architecture', 'unit']);

/** `npm test [-- jest's arguments]`. With arguments that narrow the run, the plugin's PHP tests are left out. */
export async function main(args: readonly string[]): Promise<number> {
  const root = projectRoot();
  const folder = mkdtempSync(join(tmpdir(), 'chaperone-test-'));
  try {
    const light = selectsOnlyLight(args);
    if (!light) await prepareStack();
    const jest = await runJest(root, args, join(folder, 'jest.json'));
    const suites = new Map<string, Counts>(jest.suites);
    let code = jest.code;
    if (!narrows(args) && existsSync(join(root, 'wp-bridge', 'composer.json'))) {
      const php = await phpTests(join(root, 'wp-bridge'), folder);
      suites.set('wp-bridge (PHP)', php.counts);
      code ||= php.code;
    }
    return report(suites, code);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function narrows(args: readonly string[]): boolean {
  const narrowing =
    /^(--selectProjects|--testPathPatterns?|--testNamePattern|-t|--findRelatedTests|--onlyChanged|-o|--shard|--listTests|--help|-h)(=|$)/;
  return args.some((arg) => narrowing.test(arg) || !arg.startsWith('-'));
}

/** `--selectProjects unit architecture`: everything up to the next option is a project's name. */
function selectsOnlyLight(args: readonly string[]): boolean {
  const start = args.findIndex((arg) => arg.startsWith('--selectProjects'));
  if (start < 0) return false;
  const inline = args[start]?.split('=')[1];
  const rest = args.slice(start + 1);
  const end = rest.findIndex((arg) => arg.startsWith('-'));
  const projects = inline === undefined ? rest.slice(0, end < 0 ? rest.length : end) : [inline];
  return projects.filter((name) => /^[a-z]+$/.test(name)).every((name) => LIGHT.has(name));
}

async function prepareStack(): Promise<void> {
  await ensureSystem(NEEDS.tests, say);
  for (const version of WORDPRESS_VERSIONS) await wordpressFiles(version, say);
}

async function phpTests(plugin: string, folder: string): Promise<{ code: number; counts: Counts }> {
  try {
    await ensureSystem(NEEDS.phpTests, say);
    return await runPhpTests(plugin, join(folder, 'phpunit.xml'), say);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    return { code: 1, counts: { ...NO_TESTS, failed: 1 } };
  }
}

interface JestRun {
  readonly code: number;
  readonly suites: ReadonlyMap<string, Counts>;
}

/** Jest in a process of its own: its options have to be there before Node starts. */
async function runJest(root: string, args: readonly string[], results: string): Promise<JestRun> {
  const options = [
    process.env['NODE_OPTIONS'] ?? '',
    '--experimental-vm-modules',
    '--disable-warning=ExperimentalWarning',
  ];
  const jest = join(root, 'node_modules', 'jest', 'bin', 'jest.js');
  const child = spawn(process.execPath, [jest, '--json', '--outputFile', results, ...args], {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, NODE_OPTIONS: options.join(' ').trim() },
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill(signal));
  const code = await new Promise<number>((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (exit, signal) => resolve(exit ?? (signal === 'SIGINT' ? 130 : 143)));
  });
  if (code >= 129) process.exit(code);
  if (!existsSync(results)) return { code: code || 1, suites: new Map() };
  const json: unknown = JSON.parse(readFileSync(results, 'utf8'));
  return { code, suites: countJest(json, (file) => projectOf(root, file)) };
}

const projectOf = (root: string, file: string): string => file.slice(root.length + 1).split(sep)[1] ?? 'jest';

/** The last line is plain on purpose: other programs read it. */
function report(suites: ReadonlyMap<string, Counts>, code: number): number {
  const { passed, failed, skipped } = total(suites);
  console.log(`\n${table(suites)}\n`);
  if (code !== 0 && failed === 0) console.log('The tests that ran passed, but the run itself failed; see above.\n');
  console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
  return code === 0 && failed > 0 ? 1 : code;
}
