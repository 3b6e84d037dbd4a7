import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder } from './paths.js';
import { run } from './processes.js';
import { findProgram } from './system.js';

/**
 * An nginx to try the snippets of docs/waf with: the machine's own, or Debian's, unpacked into the cache. Installing the package would start
 * a service.
 */
export async function nginxProgram(): Promise<string> {
  const own = findProgram('nginx');
  if (own !== undefined) return own;
  const folder = join(cacheFolder(), 'nginx');
  const program = join(folder, 'usr', 'sbin', 'nginx');
  if (!existsSync(program)) await unpackInto(folder);
  return program;
}

async function unpackInto(folder: string): Promise<void> {
  mkdirSync(cacheFolder(), { recursive: true });
  const work = mkdtempSync(join(cacheFolder(), 'fetching-nginx-'));
  try {
    const download = (): ReturnType<typeof run> => run('apt-get', ['-q', 'download', 'nginx'], { cwd: work });
    await download().catch(async () => {
      await run('apt-get', ['-q', 'update']);
      return download();
    });
    const archive = readdirSync(work).find((name) => name.endsWith('.deb'));
    if (archive === undefined) throw new Error('apt-get downloaded no nginx');
    await run('dpkg', ['-x', join(work, archive), join(work, 'root')]);
    rmSync(folder, { recursive: true, force: true });
    renameSync(join(work, 'root'), folder);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}
