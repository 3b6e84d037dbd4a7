import { setFlagsFromString } from 'node:v8';
import type { Command } from 'commander';
import { readProcessConfig } from '../../config.js';
import { makeLog } from '../../http/log.js';
import { serve } from '../../main.js';
import type { GlobalOptions } from '../context.js';

/**
 * How much the heap may grow, in per cent of what was in use after a collection, before the next one. V8's own choice lets a service that
 * holds 50 MB grow to 200 under load.
 */
const HEAP_GROWTH = '--heap-growing-percent=20';

export function serveCommand(program: Command): void {
  program
    .command('serve')
    .description('runs the sidecar in the foreground; SIGTERM drains it')
    .option('--listen <address>', 'overrides CHAPERONE_LISTEN; port 0 takes a free one')
    .action(async (own: { listen?: string }, command: Command) => {
      setFlagsFromString(HEAP_GROWTH);
      const { envFile } = command.optsWithGlobals<GlobalOptions>();
      const config = readProcessConfig(envFile, own.listen === undefined ? {} : { CHAPERONE_LISTEN: own.listen });
      const log = makeLog(config.logLevel, process.stdout);
      await serve(config, log, (address, adminAddress) => {
        const metrics = adminAddress === undefined ? undefined : `http://${adminAddress}/metrics`;
        log.info({ address: `http://${address}`, publicUrl: config.publicUrl.href, metrics }, 'listening');
      });
    });
}
