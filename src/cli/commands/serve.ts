import type { Command } from 'commander';
import { readProcessConfig } from '../../config.js';
import { makeLog } from '../../http/log.js';
import { serve } from '../../main.js';
import type { GlobalOptions } from '../context.js';

export function serveCommand(program: Command): void {
  program
    .command('serve')
    .description('runs the sidecar in the foreground; SIGTERM drains it')
    .option('--listen <address>', 'overrides CHAPERONE_LISTEN; port 0 takes a free one')
    .action(async (own: { listen?: string }, command: Command) => {
      const { envFile } = command.optsWithGlobals<GlobalOptions>();
      const config = readProcessConfig(envFile, own.listen === undefined ? {} : { CHAPERONE_LISTEN: own.listen });
      const log = makeLog(config.logLevel, process.stdout);
      await serve(config, log, (address, adminAddress) => {
        const metrics = adminAddress === undefined ? undefined : `http://${adminAddress}/metrics`;
        log.info({ address: `http://${address}`, publicUrl: config.publicUrl.href, metrics }, 'listening');
      });
    });
}
