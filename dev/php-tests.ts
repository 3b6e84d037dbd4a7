import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './processes.js';
import type { Say } from './steps.js';
import { countJunit, NO_TESTS, type Counts } from './test-counts.js';

/** Installs the plugin's development packages when composer.json changed, and runs its PHPUnit tests. */
export async function runPhpTests(plugin: string, log: string, say: Say): Promise<{ code: number; counts: Counts }> {
  await installPackages(plugin, { bin: join(plugin, 'vendor', 'bin', 'phpunit'), say });
  const code = await new Promise<number>((resolve, reject) => {
    const child = spawn(join('vendor', 'bin', 'phpunit'), ['--log-junit', log], { cwd: plugin, stdio: 'inherit' });
    child.on('error', reject);
    child.on('exit', (exit) => {
      resolve(exit ?? 1);
    });
  });
  const counts = existsSync(log) ? countJunit(readFileSync(log, 'utf8')) : NO_TESTS;
  return { code, counts: code !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts };
}

/** WP-CLI for the plugin's commands, from its own folder of development packages: the script to run with PHP. */
export async function installWpCli(plugin: string, say: Say): Promise<string> {
  const packages = join(plugin, 'vendor', 'tools-wp-cli', 'wp-cli', 'wp-cli', 'php', 'boot-fs.php');
  await installPackages(join(plugin, 'tools', 'wp-cli'), { bin: packages, say });
  return packages;
}

/** Composer's packages for a folder, once, and again when its composer.json changed. `bin` is what has to be there afterwards. */
async function installPackages(
  folder: string,
  { bin, say }: { readonly bin: string; readonly say: Say },
): Promise<void> {
  const file = join(folder, 'composer.json');
  const { config } = JSON.parse(readFileSync(file, 'utf8')) as { readonly config?: { readonly 'vendor-dir'?: string } };
  const stamp = join(folder, config?.['vendor-dir'] ?? 'vendor', '.installed-from');
  const wanted = createHash('sha256').update(readFileSync(file)).digest('hex');
  if (existsSync(bin) && existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  say("installing the plugin's development packages (composer install)");
  const env = { COMPOSER_ALLOW_SUPERUSER: '1', COMPOSER_NO_INTERACTION: '1' };
  await run('composer', ['install', '--no-progress', '--quiet'], { cwd: folder, env });
  writeFileSync(stamp, wanted);
}
