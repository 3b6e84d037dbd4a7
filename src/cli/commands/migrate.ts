import type { Command } from 'commander';
import { configOf, withSidecar, type GlobalOptions } from '../context.js';
import type { OpenTerminal } from '../chaperone.js';

export function migrateCommand(program: Command, open: OpenTerminal): void {
  program
    .command('migrate')
    .description("brings the sidecar's tables up to date; running it twice changes nothing")
    .action(async (_own: object, command: Command) => {
      const options = command.optsWithGlobals<GlobalOptions>();
      const ran = await withSidecar(configOf(options), (sidecar) => sidecar.migrate());
      const words = ran.length === 0 ? 'Nothing to migrate.' : `Migrated: ${ran.join(', ')}.`;
      open(options).result({ migrated: [...ran] }, words);
    });
}
