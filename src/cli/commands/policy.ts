import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { OPERATOR } from '../../audit/audit-entry.js';
import { ChaperoneError } from '../../kernel/errors.js';
import { parsePolicyVersion } from '../../kernel/ids.js';
import { makeValidatePolicy } from '../../policy-versions/validate-policy.js';
import { TOOL_NAMES } from '../../execution/tools/index.js';
import { configOf, withSidecar, type GlobalOptions } from '../context.js';
import type { OpenTerminal } from '../chaperone.js';
import { UsageError } from '../output.js';
import { table } from '../table.js';

function readDocument(file: string): string {
  try {
    return readFileSync(file === '-' ? 0 : file, 'utf8');
  } catch {
    throw new UsageError(`The file can't be read: ${file}`);
  }
}

/** `policy validate` needs neither configuration nor database. @throws policy_invalid with every problem */
function validated(file: string): string {
  const text = readDocument(file);
  const problems = makeValidatePolicy({ knownTools: [...TOOL_NAMES] })(text);
  if (problems.length === 0) return text;
  const lines = problems.map(({ line, column, message }) => `${file}:${line}:${column}  ${message}`);
  throw new ChaperoneError('policy_invalid', { detail: `\n${lines.join('\n')}`, members: { problems } });
}

function versionOf(text: string): NonNullable<ReturnType<typeof parsePolicyVersion>> {
  const version = parsePolicyVersion(text);
  if (version === undefined) throw new UsageError(`A policy version is a positive number, not "${text}".`);
  return version;
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
      const document = validated(file);
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

export function policyCommand(program: Command, open: OpenTerminal): void {
  const policy = program.command('policy').description('policy documents and their versions');
  policy
    .command('validate <file>')
    .description('lists every mistake with its line and column; stores nothing (- reads standard input)')
    .action((file: string, _own: object, command: Command) => {
      validated(file);
      open(command.optsWithGlobals<GlobalOptions>()).result({ problems: [] }, 'No problems.');
    });
  savingCommands(policy, open);
  policy
    .command('show [version]')
    .description('prints a version, the active one when none is named')
    .action(async (version: string | undefined, _own: object, command: Command) => {
      const options = command.optsWithGlobals<GlobalOptions>();
      const wanted = version === undefined ? undefined : versionOf(version);
      const stored = await withSidecar(configOf(options), ({ readPolicies }) =>
        wanted === undefined ? readPolicies.active() : readPolicies.get(wanted),
      );
      const { version: number, at, author, note, sha256, document } = stored;
      open(options).result(
        { version: number, ts: at.toISOString(), author, note, sha256, document },
        document.trimEnd(),
      );
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
