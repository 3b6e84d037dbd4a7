import { writeFileSync } from 'node:fs';
import type { Command } from 'commander';
import { OPERATOR } from '../../audit/audit-entry.js';
import { ChaperoneError } from '../../kernel/errors.js';
import type { PolicyVersion } from '../../kernel/ids.js';
import { makeValidatePolicy } from '../../policy-versions/validate-policy.js';
import { TOOL_NAMES } from '../../execution/tools/index.js';
import { toolSketches } from '../../execution/tools/sketches.js';
import type { Problem } from '../../policy/source/positions.js';
import { configOf, withSidecar, type GlobalOptions } from '../context.js';
import type { OpenTerminal } from '../chaperone.js';
import type { Sidecar } from '../../compose.js';
import { UsageError } from '../output.js';
import { table } from '../table.js';
import { policyTrialCommands } from './policy-trials.js';
import { readDocument, versionOf } from '../policy-arguments.js';

const lines = (file: string, found: readonly Problem[]): readonly string[] =>
  found.map(({ line, column, message }) => `${file}:${line}:${column}  ${message}`);

/** `policy validate` needs neither configuration nor database. @throws policy_invalid with every problem */
async function validated(file: string): Promise<{ readonly text: string; readonly warnings: readonly Problem[] }> {
  const text = readDocument(file);
  const validate = makeValidatePolicy({ knownTools: [...TOOL_NAMES], sketches: toolSketches });
  const { problems, warnings } = await validate(text);
  if (problems.length === 0) return { text, warnings };
  throw new ChaperoneError('policy_invalid', {
    detail: `\n${lines(file, problems).join('\n')}`,
    members: { problems },
  });
}

/** Never over another file: an export that replaces somebody's work would be a poor one. */
function writeNew(file: string, text: string): void {
  try {
    writeFileSync(file, text, { flag: 'wx' });
  } catch (error) {
    const exists = error instanceof Error && 'code' in error && error.code === 'EEXIST';
    throw new UsageError(exists ? `The file exists already: ${file}` : `The file can't be written: ${file}`);
  }
}

/** Zero stands for "there was none yet", as over HTTP. */
function baseOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  return text === '0' ? 0 : versionOf(text);
}

function savingCommands(policy: Command, open: OpenTerminal): void {
  policy
    .command('save <file>')
    .description('stores a new version on top of the newest one (- reads standard input)')
    .option('--note <text>', 'what changed and why', '')
    .option('--base <version>', 'the version that this one was made from; refused when it is no longer the newest')
    .option('--activate', 'lets it decide from the next call on', false)
    .action(async (file: string, own: { note: string; base?: string; activate: boolean }, command: Command) => {
      const options = command.optsWithGlobals<GlobalOptions>();
      const base = baseOf(own.base);
      const { text: document } = await validated(file);
      const saved = await withSidecar(configOf(options), async (sidecar) => {
        const newest = (await sidecar.readPolicies.list({ limit: 1 })).policies[0]?.version ?? 0;
        const baseVersion = base ?? newest;
        return sidecar.savePolicy({ document, note: own.note, baseVersion, activate: own.activate, actor: OPERATOR });
      });
      const { version, sha256 } = saved;
      const words = `Saved as version ${version}${own.activate ? ' and active from the next call on' : `. Activate it with: chaperone policy activate ${version}`}.`;
      open(options).result({ version, sha256, active: own.activate }, words);
    });
  policy
    .command('activate <version>')
    .description('makes a stored version the active one; an older one is a rollback')
    .option('--note <text>', 'why', '')
    .action(async (version: string, own: { note: string }, command: Command) => {
      const options = command.optsWithGlobals<GlobalOptions>();
      const wanted = versionOf(version);
      await withSidecar(configOf(options), (sidecar) =>
        sidecar.activatePolicy({ version: wanted, note: own.note, actor: OPERATOR }),
      );
      open(options).result({ version: wanted, active: true }, `Version ${wanted} decides from the next call on.`);
    });
}

/** The version that was active before the active one. */
async function versionBefore({ readPolicies }: Sidecar): Promise<PolicyVersion> {
  const [now, ...earlier] = await readPolicies.activations(100);
  const before = earlier.find(({ version }) => version !== now?.version);
  if (before === undefined) throw new UsageError('No other version was active before; name the version to go back to.');
  return before.version;
}

function historyCommands(policy: Command, open: OpenTerminal): void {
  policy
    .command('rollback [version]')
    .description('makes an earlier version active again, the one before the active one when none is named')
    .option('--note <text>', 'why', 'rollback')
    .action(async (version: string | undefined, own: { note: string }, command: Command) => {
      const options = command.optsWithGlobals<GlobalOptions>();
      const named = version === undefined ? undefined : versionOf(version);
      const active = await withSidecar(configOf(options), async (sidecar) => {
        const wanted = named ?? (await versionBefore(sidecar));
        return sidecar.activatePolicy({ version: wanted, note: own.note, actor: OPERATOR });
      });
      open(options).result(
        { version: active.version, active: true },
        `Version ${active.version} decides again, from the next call on.`,
      );
    });
  policy
    .command('history')
    .description('which version was active from when on, newest first')
    .action(async (_own: object, command: Command) => {
      const options = command.optsWithGlobals<GlobalOptions>();
      const found = await withSidecar(configOf(options), ({ readPolicies }) => readPolicies.activations(100));
      const items = found.map(({ version, at, author, note }) => ({ version, ts: at.toISOString(), author, note }));
      const rows = items.map(({ version, ts, author, note }, index) => [
        `${version}${index === 0 ? ' *' : ''}`,
        ts,
        author === 0 ? 'operator' : `user ${author}`,
        note,
      ]);
      const words =
        items.length === 0 ? 'No policy was ever active.' : table(['version', 'active from', 'by', 'note'], rows);
      open(options).result({ items }, words);
    });
}

function validateCommand(policy: Command, open: OpenTerminal): void {
  policy
    .command('validate <file>')
    .description('lists every mistake with its line and column; stores nothing (- reads standard input)')
    .action(async (file: string, _own: object, command: Command) => {
      const { warnings } = await validated(file);
      const words =
        warnings.length === 0 ? 'No problems.' : `No problems. Warnings:\n${lines(file, warnings).join('\n')}`;
      open(command.optsWithGlobals<GlobalOptions>()).result(
        { problems: [], warnings: warnings.map((warning) => ({ ...warning })) },
        words,
      );
    });
}

export function policyCommand(program: Command, open: OpenTerminal): void {
  const policy = program.command('policy').description('policy documents and their versions');
  validateCommand(policy, open);
  savingCommands(policy, open);
  historyCommands(policy, open);
  policyTrialCommands(policy, open);
  policy
    .command('show [version]')
    .description('prints a version, the active one when none is named')
    .option('--output <file>', 'writes the document to a new file, as it was saved')
    .action(async (version: string | undefined, own: { output?: string }, command: Command) => {
      const options = command.optsWithGlobals<GlobalOptions>();
      const wanted = version === undefined ? undefined : versionOf(version);
      const stored = await withSidecar(configOf(options), ({ readPolicies }) =>
        wanted === undefined ? readPolicies.active() : readPolicies.get(wanted),
      );
      const { version: number, at, author, note, sha256, document } = stored;
      const { output } = own;
      if (output !== undefined) writeNew(output, document);
      const words = output === undefined ? document.trimEnd() : `Version ${number} is in ${output}.`;
      open(options).result({ version: number, ts: at.toISOString(), author, note, sha256, document }, words);
    });
  policy
    .command('list')
    .description('the newest versions, and which one is active')
    .action(async (_own: object, command: Command) => {
      const options = command.optsWithGlobals<GlobalOptions>();
      const page = await withSidecar(configOf(options), ({ readPolicies }) => readPolicies.list({ limit: 50 }));
      const { activeVersion } = page;
      const items = page.policies.map(({ version, at, author, note, sha256 }) => ({
        version,
        active: version === activeVersion,
        ts: at.toISOString(),
        author,
        note,
        sha256,
      }));
      const rows = items.map(({ version, active, ts, author, note }) => [
        `${version}${active ? ' *' : ''}`,
        ts,
        author === 0 ? 'operator' : `user ${author}`,
        note,
      ]);
      const words =
        items.length === 0
          ? 'No policy is stored yet. Save one with: chaperone policy save FILE --activate'
          : table(['version', 'saved', 'by', 'note'], rows);
      open(options).result({ items, activeVersion }, words);
    });
}
