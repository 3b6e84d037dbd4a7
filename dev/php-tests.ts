import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './processes.js';
import type { Say } from './steps.js';
import { countJunit, NO_TESTS, type Counts } from './test-counts.js';

/** Installs the plugin's development packages when composer.json changed, and runs its PHPUnit tests. */
export async function runPhpTests(plugin: string, log: string, say: Say): Promise<{ code: number; counts: Counts }> {
  await installPackages(plugin, say);
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

async function installPackages(plugin: string, say: Say): Promise<void> {
  const stamp = join(plugin, 'vendor', '.installed-from');
  const wanted = createHash('sha256')
    .update(readFileSync(join(plugin, 'composer.json')))
    .digest('hex');
  if (
    existsSync(join(plugin, 'vendor', 'bin', 'phpunit')) &&
    existsSync(stamp) &&
    readFileSync(stamp, 'utf8') === wanted
  )
    return;
  say("installing the plugin's development packages (composer install)");
  const env = { COMPOSER_ALLOW_SUPERUSER: '1', COMPOSER_NO_INTERACTION: '1' };
  await run('composer', ['install', '--no-progress', '--quiet'], { cwd: plugin, env });
  writeFileSync(stamp, wanted);
}
