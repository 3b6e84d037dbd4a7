import { closeSync, openSync, unlinkSync, writeSync } from 'node:fs';
import type { Command } from 'commander';
import { verifierKey } from '../../audit/signed-note.js';
import { showCheckpoint, showKey } from '../../http/routes/audit-view.js';
import type { OpenTerminal } from '../chaperone.js';
import { configOf, withSidecar, type GlobalOptions } from '../context.js';
import { UsageError } from '../output.js';

/** A new file that only its owner can read; one that is there is never written over, and half of one doesn't stay. */
async function intoNewFile<T>(file: string, work: (write: (text: string) => void) => Promise<T>): Promise<T> {
  const handle = openNew(file);
  try {
    return await work((text) => writeSync(handle, text));
  } catch (error) {
    unlinkSync(file);
    throw error;
  } finally {
    closeSync(handle);
  }
}

function openNew(file: string): number {
  try {
    return openSync(file, 'wx', 0o600);
  } catch (error) {
    const exists = error instanceof Error && 'code' in error && error.code === 'EEXIST';
    throw new UsageError(exists ? `The file exists already: ${file}` : `The file can't be written: ${file}`);
  }
}

function exportCommand(audit: Command, open: OpenTerminal): void {
  audit
    .command('export <file>')
    .description('writes the whole log to a new file, with a fresh checkpoint, for tools/verify-audit.mjs')
    .action(async (file: string, _own: object, command: Command) => {
      const options = command.optsWithGlobals<GlobalOptions>();
      const terminal = open(options);
      let entries = 0;
      const progress = terminal.progress((count) => `${count} entries written`);
      const checkpoint = await withSidecar(configOf(options), ({ evidence }) =>
        intoNewFile(file, async (write) => {
          const made = await evidence.makeCheckpoint();
          const lines = evidence.exportLog({ filter: {} }, (count) => progress((entries = count)));
          for await (const text of lines) write(text);
          await evidence.hold(made);
          return made;
        }),
      );
      terminal.result(
        { file, entries, checkpoint: showCheckpoint(checkpoint) },
        `${entries} entries are in ${file}, up to a checkpoint over ${checkpoint.size}. Keep it where whoever can write to the database can't.`,
      );
    });
}

function checkpointCommands(audit: Command, open: OpenTerminal): void {
  audit
    .command('checkpoint')
    .description('signs a checkpoint over the log as it is now')
    .option('--output <file>', 'writes the note to a new file, to be kept outside of the database')
    .action(async (own: { readonly output?: string }, command: Command) => {
      const options = command.optsWithGlobals<GlobalOptions>();
      const { output } = own;
      const { checkpoint, keys } = await withSidecar(configOf(options), async ({ evidence }) => ({
        checkpoint:
          output === undefined
            ? await evidence.makeCheckpoint()
            : await intoNewFile(output, async (write) => {
                const made = await evidence.handOutCheckpoint();
                write(made.note);
                return made;
              }),
        keys: (await evidence.readKeys())?.keys ?? [],
      }));
      const words = output === undefined ? checkpoint.note.trimEnd() : `The checkpoint is in ${output}.`;
      open(options).result(
        { checkpoint: showCheckpoint(checkpoint), keys: keys.map(showKey) },
        `${words}\n\nPublic keys, the newest first:\n${keys.map(verifierKey).join('\n')}`,
      );
    });
}

export function auditKeepingCommands(audit: Command, open: OpenTerminal): void {
  exportCommand(audit, open);
  checkpointCommands(audit, open);
}
