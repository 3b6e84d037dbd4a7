import type { Command } from 'commander';
import type { AuditEntry } from '../../audit/audit-entry.js';
import type { AuditFilter } from '../../audit/audit-log.js';
import { parseAuditEntryId, parseCallId, parseWpUserId } from '../../kernel/ids.js';
import { showEntry, showReport } from '../../http/routes/audit-view.js';
import type { OpenTerminal } from '../chaperone.js';
import { configOf, withSidecar, type GlobalOptions } from '../context.js';
import { instantOf } from '../instant.js';
import { UsageError } from '../output.js';
import { table } from '../table.js';
import { auditKeepingCommands } from './audit-keeping.js';

interface ListOptions {
  readonly kind?: string;
  readonly user?: string;
  readonly tool?: string;
  readonly call?: string;
  readonly since?: string;
  readonly before?: string;
  readonly last: string;
}

const MOST = 1_000;

function parsed<T>(name: string, text: string | undefined, parse: (text: string) => T | undefined): T | undefined {
  if (text === undefined) return undefined;
  const value = parse(text);
  if (value === undefined) throw new UsageError(`${name} doesn't take "${text.slice(0, 60)}"`);
  return value;
}

function filterOf(own: ListOptions): AuditFilter {
  const wanted = {
    kind: own.kind,
    userId: parsed('--user', own.user, parseWpUserId),
    callId: parsed('--call', own.call, parseCallId),
    from: parsed('--since', own.since, instantOf),
    tool: own.tool,
  };
  return Object.fromEntries(Object.entries(wanted).filter(([, value]) => value !== undefined));
}

const row = ({ id, at, kind, actor, tool, verdict, code, outcome }: AuditEntry): readonly string[] => [
  String(id),
  at.toISOString(),
  kind,
  actor.userId === null ? (actor.credential ?? '-') : `user ${actor.userId}`,
  tool ?? '-',
  [verdict, outcome, code].filter((each) => each !== undefined).join(' '),
];

function listCommand(audit: Command, open: OpenTerminal): void {
  audit
    .command('list')
    .description('the newest entries')
    .option('--kind <kind>', 'of a kind, or of a family of them: call, policy.saved')
    .option('--user <id>', 'of a WordPress user')
    .option('--tool <name>', 'of a tool')
    .option('--call <id>', 'of a call')
    .option('--since <instant>', 'from an instant or date on, 2026-11-22 or 2026-11-22T08:00:00Z')
    .option('--before <id>', 'below an entry, as the page before ended')
    .option('--last <count>', 'how many', '50')
    .action(async (own: ListOptions, command: Command) => {
      const options = command.optsWithGlobals<GlobalOptions>();
      const filter = filterOf(own);
      const limit = parsed('--last', own.last, parseAuditEntryId) ?? MOST;
      if (limit > MOST) throw new UsageError(`--last takes at most ${MOST}`);
      const before = parsed('--before', own.before, parseAuditEntryId);
      const page = { limit, ...(before === undefined ? {} : { before }) };
      const entries = await withSidecar(configOf(options), ({ evidence }) => evidence.reader.list(filter, page));
      const words =
        entries.length === 0 ? 'No entries.' : table(['id', 'when', 'kind', 'who', 'tool', 'result'], entries.map(row));
      open(options).result({ items: entries.map(showEntry) }, words);
    });
}

function verifyCommand(audit: Command, open: OpenTerminal): void {
  audit
    .command('verify')
    .description('walks the whole log and its checkpoints; exit code 1 when anything is wrong')
    .action(async (_own: object, command: Command) => {
      const options = command.optsWithGlobals<GlobalOptions>();
      const terminal = open(options);
      const progress = terminal.progress((entries) => `${entries} entries are good so far`);
      const report = await withSidecar(configOf(options), ({ evidence }) => evidence.verify(progress));
      const words = report.ok
        ? `The log is whole: ${report.entries} entries.`
        : `WRONG at ${report.firstBad.id}: ${report.firstBad.reason}. ${report.entries} entries before it are good.`;
      terminal.result(showReport(report), words);
      if (!report.ok) process.exitCode = 1;
    });
}

export function auditCommand(program: Command, open: OpenTerminal): void {
  const audit = program.command('audit').description('the log: reading, verifying, keeping it');
  listCommand(audit, open);
  verifyCommand(audit, open);
  auditKeepingCommands(audit, open);
}
