import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runCli, startCli, type CliProcess, type CliRun } from '../../support/built-cli.js';
import { createSite, runFolder, type TestSite } from '../../support/stack.js';
import { freePort } from '../../../dev/ports.js';

/** A site without the plugin, a folder for what the operator keeps, and a port for the sidecar. */
export interface CliSite {
  readonly site: TestSite;
  readonly folder: string;
  readonly wpConfig: string;
  readonly envFile: string;
  readonly agentFile: string;
  readonly publicUrl: string;
  run(args: readonly string[], options?: { env?: Record<string, string>; input?: string }): Promise<CliRun>;
  /** With `--env-file`, and the JSON that it printed. */
  json(args: readonly string[]): Promise<{ code: number | null; body: Record<string, unknown>; stderr: string }>;
  init(...more: readonly string[]): Promise<CliRun>;
  serve(...more: readonly string[]): Promise<CliProcess>;
  readEnv(): Record<string, string>;
  stop(): Promise<void>;
}

export async function makeCliSite(): Promise<CliSite> {
  const site = await createSite();
  const folder = mkdtempSync(join(runFolder(), 'operator-'));
  const at = (name: string): string => join(folder, name);
  const [envFile, agentFile] = [at('chaperone.env'), at('agent.json')];
  const publicUrl = `http://127.0.0.1:${await freePort()}`;
  const run: CliSite['run'] = (args, options = {}) => runCli(args, { cwd: folder, ...options });
  return {
    site,
    folder,
    wpConfig: join(site.path, 'wp-config.php'),
    envFile,
    agentFile,
    publicUrl,
    run,
    async json(args) {
      const { code, stdout, stderr } = await run([...args, '--env-file', envFile, '--json']);
      return { code, body: JSON.parse(stdout) as Record<string, unknown>, stderr };
    },
    init: (...more) =>
      run([
        'init',
        '--wp-path',
        site.path,
        '--env-file',
        envFile,
        '--agent-file',
        agentFile,
        '--listen',
        new URL(publicUrl).host,
        ...more,
      ]),
    serve: (...more) => startCli(['serve', '--env-file', envFile, ...more], { cwd: folder }),
    readEnv: () =>
      Object.fromEntries(
        readFileSync(envFile, 'utf8')
          .trimEnd()
          .split('\n')
          .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
      ),
    async stop() {
      await site.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Reads, changes and writes a text file. */
export function edit(file: string, change: (text: string) => string): void {
  writeFileSync(file, change(readFileSync(file, 'utf8')));
}
