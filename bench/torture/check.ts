import type { Knex } from 'knex';
import { compose, type Sidecar } from '../../src/compose.js';
import { readConfig } from '../../src/config.js';
import { connect } from '../../src/db/connect.js';
import { LOST_AFTER_MS } from '../../src/execution/settle-lost-calls.js';
import { makeLog } from '../../src/http/log.js';
import type { Stack } from '../service/stack.js';
import { broken } from './broken.js';
import type { Told } from './history.js';

/** What is wrong, in words; none: every promise was kept. */
export interface Verdict {
  readonly faults: readonly string[];
  readonly counts: Readonly<Record<string, number>>;
}

const PREFIX = 'wp_';
const SHOWN = 5;

/** A sidecar's sweep as it would come later by itself, until there is nothing left to do. */
async function sweep({ environment }: Stack, task: (sidecar: Sidecar) => () => Promise<number>): Promise<number> {
  const config = readConfig(environment);
  const sidecar = compose(config, makeLog('error', process.stderr));
  const knex = connect({ url: config.databaseUrl, tablePrefix: PREFIX, poolSize: 1 });
  try {
    const before = new Date(Date.now() - 2 * LOST_AFTER_MS);
    await knex(`${PREFIX}ai_agent_calls`).whereIn('state', ['running', 'unknown']).update({ updated_at: before });
    let settled = 0;
    for (;;) {
      const more = await task(sidecar)();
      if (more === 0) return settled;
      settled += more;
    }
  } finally {
    await knex.destroy();
    await sidecar.close();
  }
}

/** Calls whose process died are settled now. */
export const settleLost = (stack: Stack): Promise<number> => sweep(stack, (sidecar) => sidecar.settleLostCalls);

interface Traces {
  /** Posts by their title. */
  readonly posts: ReadonlyMap<string, number>;
  /** Calls by their idempotency key. */
  readonly calls: ReadonlyMap<string, string>;
  readonly intents: ReadonlySet<string>;
  /** What was found out of calls whose outcome nobody was told: done, not_done, unclear. */
  readonly found: ReadonlyMap<string, string>;
  /** The outcomes that the log has of a call. */
  readonly outcomes: ReadonlyMap<string, readonly string[]>;
}

async function tracesIn(knex: Knex): Promise<Traces> {
  const [posts] = (await knex.raw(
    `SELECT post_title AS title, COUNT(*) AS count FROM ?? WHERE post_type = 'post' AND post_title LIKE 'torture %' GROUP BY post_title`,
    [`${PREFIX}posts`],
  )) as [{ title: string; count: number }[]];
  const [calls] = (await knex.raw(
    `SELECT idempotency_key AS token, id, JSON_VALUE(read_back, '$.result') AS found FROM ?? WHERE idempotency_key LIKE 'torture %'`,
    [`${PREFIX}ai_agent_calls`],
  )) as [{ token: string; id: string; found: string | null }[]];
  const [entries] = (await knex.raw(
    `SELECT kind, call_id AS id, outcome FROM ?? WHERE kind IN ('call.intent', 'call.outcome')`,
    [`${PREFIX}ai_agent_audit_log`],
  )) as [{ kind: string; id: string; outcome: string | null }[]];
  const outcomes = new Map<string, string[]>();
  for (const { kind, id, outcome } of entries) {
    if (kind === 'call.outcome') outcomes.set(id, [...(outcomes.get(id) ?? []), outcome ?? '']);
  }
  return {
    posts: new Map(posts.map(({ title, count }) => [title, count])),
    calls: new Map(calls.map(({ token, id }) => [token, id])),
    found: new Map(calls.map(({ token, found }) => [token, found ?? ''])),
    intents: new Set(entries.filter(({ kind }) => kind === 'call.intent').map(({ id }) => id)),
    outcomes,
  };
}

/** What one call's traces contradict of what its caller was told. */
function faultsOf(
  { token, state, callId, code }: Told,
  { posts, calls, found, intents, outcomes }: Traces,
): readonly string[] {
  const made = posts.get(token) ?? 0;
  const id = calls.get(token);
  const logged = id === undefined ? [] : (outcomes.get(id) ?? []);
  const wrong: [boolean, string][] = [
    [made > 1, `is there ${made} times`],
    [state === 'executed' && made !== 1, 'was acknowledged and is not there'],
    [
      state === 'executed' && callId !== id,
      `was acknowledged as ${callId ?? 'nothing'} and is known as ${id ?? 'nothing'}`,
    ],
    [state === 'executed' && !logged.includes('succeeded'), 'was acknowledged and the log has no such outcome'],
    [made > 0 && (id === undefined || !intents.has(id)), 'is there without an intent in the log'],
    [logged[0] === 'unknown' && (found.get(token) ?? '') === '', 'is unknown, and nothing was found out about it'],
    [found.get(token) === 'done' && made !== 1, 'was found done and is not there'],
    [found.get(token) === 'not_done' && made > 0, 'was found not done and is there'],
    [id !== undefined && intents.has(id) && logged.length === 0, 'has an intent and no outcome in the log'],
    [logged.includes('failed') && made > 0, 'failed by the log and is there'],
    [logged.length > 1, `has ${logged.length} outcomes in the log`],
    [state === 'refused' && made > 0, `was refused (${code ?? ''}) and is there`],
  ];
  return wrong.flatMap(([is, words]) => (is ? [`${token} ${words}`] : []));
}

/**
 * Compares what callers were told with WordPress and with the log: every acknowledged call exactly once, none twice, nothing
 * done without its intent, no second outcome, and a chain without a gap.
 */
export async function check(stack: Stack, all: readonly Told[]): Promise<Verdict> {
  await sweep(stack, (sidecar) => sidecar.reconcileCalls);
  const config = readConfig(stack.environment);
  const knex = connect({ url: config.databaseUrl, tablePrefix: PREFIX, poolSize: 1 });
  const sidecar = compose(config, makeLog('error', process.stderr));
  try {
    const traces = await tracesIn(knex);
    const report = await sidecar.evidence.verify(() => undefined);
    const faults = all.flatMap((told) => faultsOf(told, traces));
    const tellFault = report.ok ? [] : [`the chain breaks at ${report.firstBad.id}: ${report.firstBad.reason}`];
    const of = (state: Told['state']): number => all.filter((told) => told.state === state).length;
    const foundAs = (result: string): number => all.filter(({ token }) => traces.found.get(token) === result).length;
    const counts = {
      calls: all.length,
      ...{ acknowledged: of('executed'), unknown: of('unknown'), refused: of('refused'), open: of('open') },
      ...{ 'found done': foundAs('done'), 'found not done': foundAs('not_done'), 'found unclear': foundAs('unclear') },
      entries: report.entries,
    };
    return { faults: [...tellFault, ...faults], counts };
  } finally {
    await sidecar.close();
    await knex.destroy();
  }
}

export function printVerdict({ faults, counts }: Verdict): void {
  const words = Object.entries(counts).map(([name, count]) => `${count} ${name}`);
  console.log(`  ${words.join(', ')}; ${faults.length} promises broken`);
  for (const fault of faults.slice(0, SHOWN)) broken(fault);
  if (counts['acknowledged'] === 0) broken('nothing was acknowledged, so nothing was tried');
}
