import { closeSync, openSync, unlinkSync, writeSync } from 'node:fs';
import type { Command } from 'commander';
import { careful, needYes, type CarefulOptions } from '../careful.js';
import { OPERATOR } from '../../audit/audit-entry.js';
import type { Erasure } from '../../audit/erase.js';
import { verifierKey } from '../../audit/signed-note.js';
import { showCheckpoint, showKey } from '../../http/routes/audit-view.js';
import { parseAuditEntryId, parseWpUserId } from '../../kernel/ids.js';
import type { OpenTerminal } from '../chaperone.js';
import { configOf, withSealing, type GlobalOptions } from '../context.js';
import { instantOf } from '../instant.js';
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
      const checkpoint = await withSealing(configOf(options), ({ evidence }) =>
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
      const { checkpoint, keys } = await withSealing(configOf(options), async ({ evidence }) => ({
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

function pruneCommand(audit: Command, open: OpenTerminal): void {
  careful(audit.command('prune'))
    .description('removes the oldest entries, up to a checkpoint that somebody holds; the rest still verifies')
    .requiredOption('--before <instant>', 'entries from then on stay, 2026-01-01 or 2026-01-01T00:00:00Z')
    .action(async (own: { readonly before: string }, command: Command) => {
      const options = command.optsWithGlobals<CarefulOptions>();
      const before = instantOf(own.before);
      if (before === undefined) throw new UsageError('--before takes a date, or an instant with a zone');
      const dryRun = options.dryRun === true;
      const terminal = open(options);
      if (!dryRun) needYes(options, `remove the entries before ${before.toISOString()}`);
      const progress = terminal.progress((count) => `${count} entries removed`);
      const { upTo, entries } = await withSealing(configOf(options), ({ evidence }) =>
        evidence.prune({ before, actor: OPERATOR, dryRun }, progress),
      );
      const nothing =
        'Nothing to remove: no entry is that old, or nobody holds a checkpoint over it (chaperone audit export, or audit checkpoint --output).';
      const words = `${entries} entries, up to number ${upTo}, ${dryRun ? 'would be' : 'were'} removed.`;
      terminal.result({ dryRun, upTo, entries }, upTo === null ? nothing : words);
    });
}

function eraseCommand(audit: Command, open: OpenTerminal): void {
  audit
    .command('erase')
    .description('takes addresses, arguments, findings and details out of entries; the log still verifies')
    .option('--yes', 'does it; without this, nothing is done')
    .option('--user <id>', 'of all entries of a WordPress user')
    .option('--entries <ids>', 'of single entries, 12,13')
    .action(async (own: { readonly user?: string; readonly entries?: string }, command: Command) => {
      const options = command.optsWithGlobals<CarefulOptions>();
      const erasure = erasureOf(own);
      needYes(options, 'erase what these entries hold of people, for ever', '');
      const { erased, records } = await withSealing(configOf(options), async ({ evidence }) => {
        const first = await evidence.erase(erasure, OPERATOR);
        let { erased: count, done } = first;
        while (!done) {
          const next = await evidence.erase(erasure, OPERATOR);
          count += next.erased;
          ({ done } = next);
        }
        return { erased: count, records: first.records };
      });
      const elsewhere = Object.entries(records).map(([name, count]) => `, ${count} ${name}`);
      open(options).result({ erased, records }, `Erased in ${erased} entries${elsewhere.join('')}.`);
    });
}

function erasureOf({ user, entries }: { readonly user?: string; readonly entries?: string }): Erasure {
  const userId = user === undefined ? undefined : parseWpUserId(user);
  const ids = entries?.split(',').map((text) => parseAuditEntryId(text.trim()));
  if (userId !== undefined && ids === undefined) return { userId };
  if (user === undefined && ids !== undefined) {
    const known = ids.filter((id) => id !== undefined);
    if (known.length === ids.length) return { entries: known };
  }
  throw new UsageError('Name either --user with a WordPress user id, or --entries with numbers of entries');
}

export function auditKeepingCommands(audit: Command, open: OpenTerminal): void {
  exportCommand(audit, open);
  checkpointCommands(audit, open);
  pruneCommand(audit, open);
  eraseCommand(audit, open);
}
