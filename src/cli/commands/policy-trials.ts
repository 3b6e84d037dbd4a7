import type { Command } from 'commander';
import { OPERATOR } from '../../audit/audit-entry.js';
import { showReplay, showShadowReport, showTested, trial } from '../../http/routes/policy-trials.js';
import type { JsonObject } from '../../kernel/json.js';
import type { ReplayReport } from '../../policy-versions/replay-policy.js';
import type { ShadowReport } from '../../policy-versions/shadow-report.js';
import type { TestedCall } from '../../policy-versions/test-policy.js';
import type { OpenTerminal } from '../chaperone.js';
import { configOf, withSidecar, type GlobalOptions } from '../context.js';
import { UsageError } from '../output.js';
import { draftOf, readDocument, versionOf } from '../policy-arguments.js';
import { table } from '../table.js';

/** What a policy would do, before it does it. */
export function policyTrialCommands(policy: Command, open: OpenTerminal): void {
  diffCommand(policy, open);
  testCommand(policy, open);
  replayCommand(policy, open);
  shadowCommand(policy, open);
}

function diffCommand(policy: Command, open: OpenTerminal): void {
  policy
    .command('diff <from> <to>')
    .description('what changed between two versions, in sentences; with --json also as an RFC 6902 patch')
    .action(async (from: string, to: string, _own: object, command: Command) => {
      const options = command.optsWithGlobals<GlobalOptions>();
      const versions = { from: versionOf(from), to: versionOf(to) };
      const diff = await withSidecar(configOf(options), ({ compareVersions }) => compareVersions(versions));
      const { patch, sentences } = diff;
      const json = { ...versions, patch: patch.map((each) => ({ ...each })), sentences: [...sentences] };
      open(options).result(json, sentences.join('\n'));
    });
}

interface TestOptions {
  readonly calls?: string;
  readonly tool?: string;
  readonly args: string;
  readonly user?: string;
  readonly agent?: string;
  readonly ip?: string;
  readonly at?: string;
}

function jsonIn(text: string, what: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new UsageError(`${what} must be JSON.`);
  }
}

/** One call of options, or those of a file: a list, or an object with `calls` as over HTTP. */
function callsOf({ calls, tool, args, ...who }: TestOptions): unknown {
  if ((calls === undefined) === (tool === undefined)) throw new UsageError('Name either --tool or --calls.');
  if (calls === undefined) return [{ tool, args: jsonIn(args, '--args'), ...who }];
  const file = jsonIn(readDocument(calls), 'The file of calls');
  return typeof file === 'object' && file !== null && 'calls' in file ? file.calls : file;
}

function testCommand(policy: Command, open: OpenTerminal): void {
  policy
    .command('test <policy>')
    .description('what a file or a version would decide on calls that nobody made; consumes and stores nothing')
    .option('--calls <file>', 'a JSON list of {tool, args, user, agent, ip, at}')
    .option('--tool <name>', 'one call, instead of a file')
    .option('--args <json>', 'its arguments', '{}')
    .option('--user <login>', 'who makes it: a login or an id')
    .option('--agent <id>', 'the agent that makes it')
    .option('--ip <address>', 'from where')
    .option('--at <instant>', 'when, such as 2026-11-27T09:00:00Z; now, when left out')
    .action(async (what: string, own: TestOptions, command: Command) => {
      const options = command.optsWithGlobals<GlobalOptions>();
      const { calls, tool, args, user, agent, ip, at } = own;
      const chosen = Object.fromEntries(
        Object.entries({ calls, tool, args, user, agent, ip, at }).filter(([, value]) => value !== undefined),
      ) as unknown as TestOptions;
      const asked = trial.safeParse({ calls: callsOf(chosen), version: 1 });
      if (!asked.success) {
        const [issue] = asked.error.issues;
        throw new UsageError(`${(issue?.path ?? []).map(String).join('/')}: ${issue?.message ?? 'invalid'}`);
      }
      const imagined = asked.data.calls;
      const tested = await withSidecar(configOf(options), ({ testPolicy }) =>
        testPolicy({ ...draftOf(what), calls: imagined }, { userId: null, ip: null }),
      );
      const rows = tested.map((each, index) => rowOf(imagined[index]?.tool ?? '', each));
      open(options).result({ decisions: tested.map(showTested) }, table(['tool', 'effect', 'why'], rows));
    });
}

function rowOf(tool: string, tested: TestedCall): readonly string[] {
  if (!tested.ok) return [tool, 'error', `${tested.code}: ${tested.detail}`];
  return [tool, tested.decision.effect, [tested.explanation, ...tested.notes].join(' ')];
}

interface ReplayOptions {
  readonly last?: string;
  readonly from?: string;
  readonly to?: string;
}

function instantOf(text: string | undefined, name: string): Date | undefined {
  if (text === undefined) return undefined;
  const instant = new Date(text);
  if (Number.isNaN(instant.getTime())) throw new UsageError(`${name} must be an instant such as 2026-11-27T09:00:00Z.`);
  return instant;
}

function replayCommand(policy: Command, open: OpenTerminal): void {
  policy
    .command('replay <policy>')
    .description('past calls decided again by a file or a version: what would end otherwise, and why')
    .option('--last <count>', 'the newest calls (at most 10000)')
    .option('--from <instant>', 'calls from then on')
    .option('--to <instant>', 'calls before then')
    .action(async (what: string, own: ReplayOptions, command: Command) => {
      const options = command.optsWithGlobals<GlobalOptions>();
      const terminal = open(options);
      if (own.last !== undefined && !/^[1-9][0-9]{0,4}$/.test(own.last))
        throw new UsageError('--last must be a number.');
      const range = {
        last: own.last === undefined ? undefined : Number(own.last),
        from: instantOf(own.from, '--from'),
        to: instantOf(own.to, '--to'),
      };
      const report = await withSidecar(configOf(options), ({ replayPolicy }) =>
        replayPolicy({ ...draftOf(what), ...range }, (considered) => {
          terminal.say(`${considered} calls looked at …`);
        }),
      );
      terminal.result(showReplay(report), replayInWords(report));
    });
}

function replayInWords({
  considered,
  replayed,
  unchanged,
  changed,
  notReplayable,
  limitsNotWeighed,
}: ReplayReport): string {
  const rows = changed.map(({ entry, was, decision, explanation, changedLists }) => [
    entry.at.toISOString(),
    entry.tool ?? '',
    `${was} to ${decision.effect}`,
    changedLists.length === 0 ? explanation : `${explanation} Changed since: the list ${changedLists.join(', ')}.`,
  ]);
  return [
    `${considered} calls looked at, ${replayed} decided again: ${unchanged} as before, ${changed.length} otherwise.`,
    ...Object.entries(notReplayable).map(([why, count]) => `${count} could not be decided again: ${why}.`),
    ...(limitsNotWeighed > 0
      ? [`${limitsNotWeighed} would also be counted under a limit, which isn't weighed here.`]
      : []),
    ...(rows.length > 0 ? ['', table(['when', 'tool', 'change', 'why'], rows)] : []),
  ].join('\n');
}

function shadowCommand(policy: Command, open: OpenTerminal): void {
  policy
    .command('shadow [policy]')
    .description('lets a file or a version decide beside the active one, without effect; alone: what it found')
    .option('--until <instant>', 'how long (at most 90 days)')
    .option('--end', 'ends it', false)
    .action(async (what: string | undefined, own: { until?: string; end: boolean }, command: Command) => {
      const options = command.optsWithGlobals<GlobalOptions>();
      const { json, words } = await withSidecar(configOf(options), async ({ setShadow, endShadow, shadowReport }) => {
        if (own.end) {
          await endShadow(OPERATOR);
          return { json: { shadow: null }, words: 'The shadow has ended; what it found stays in the audit log.' };
        }
        if (what !== undefined) {
          const until = instantOf(own.until, '--until');
          if (until === undefined) throw new UsageError('Say how long, with --until.');
          await setShadow({ ...draftOf(what), until, actor: OPERATOR });
        }
        const report = await shadowReport();
        const found: JsonObject = report === undefined ? { shadow: null } : showShadowReport(report);
        return { json: found, words: shadowInWords(report) };
      });
      open(options).result(json, words);
    });
}

function shadowInWords(report: ShadowReport | undefined): string {
  if (report === undefined)
    return 'No shadow policy is set. Set one with: chaperone policy shadow FILE --until INSTANT';
  const { shadow, considered, counts, failed, differing } = report;
  const name = shadow.version === null ? 'A document' : `Version ${shadow.version}`;
  const rows = differing.map(({ entry, effect, rules }) => [
    entry.at.toISOString(),
    entry.tool ?? '',
    `${entry.verdict ?? ''} to ${effect}`,
    rules.join(', '),
  ]);
  return [
    `${name} decides in the shadow until ${shadow.until.toISOString()}: ${considered} calls so far.`,
    ...Object.entries(counts).map(([pair, count]) => `${count} times ${pair}.`),
    ...(failed > 0 ? [`${failed} calls it could not decide.`] : []),
    ...(rows.length > 0 ? ['', table(['when', 'tool', 'would change', 'rules'], rows)] : []),
  ].join('\n');
}
