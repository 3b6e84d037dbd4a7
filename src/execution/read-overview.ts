import type { ApprovalStore } from '../approvals/approval-store.js';
import type { AuditEntry, Verdict } from '../audit/audit-entry.js';
import type { AuditReader } from '../audit/audit-log.js';
import type { CallStatistics, DecisionCount } from '../audit/call-statistics.js';
import type { LimitUse, ReadLimitsUse } from './limits-use.js';
import type { AgentStore } from '../identity/agents/agent-store.js';
import type { Clock } from '../kernel/clock.js';
import type { AgentId } from '../kernel/ids.js';
import { isJsonObject } from '../kernel/json.js';
import type { ActivePolicy } from '../policy-versions/active-policy.js';
import type { KillSwitch } from '../settings/kill-switch.js';

export type OverviewRange = '24h' | '7d' | '30d';

const HOUR = 3_600;
/** How long a slice is, and how many there are. */
const SLICES: Readonly<Record<OverviewRange, { readonly seconds: number; readonly count: number }>> = {
  '24h': { seconds: HOUR, count: 24 },
  '7d': { seconds: 6 * HOUR, count: 28 },
  '30d': { seconds: 24 * HOUR, count: 30 },
};
/** Refusals of which the rule is looked up in their findings. */
const REFUSALS_READ = 500;

export type Tally = Readonly<Record<Verdict, number>>;

export interface Refusals {
  readonly code: string;
  /** The first rule that refused; null where no rule of the policy did. */
  readonly rule: string | null;
  readonly tool: string | null;
  readonly count: number;
  readonly lastAt: Date;
}

export interface Overview {
  readonly from: Date;
  readonly to: Date;
  readonly sliceSeconds: number;
  readonly slices: readonly (Tally & { readonly from: Date })[];
  readonly calls: Tally;
  readonly outcomes: Readonly<Record<string, number>>;
  readonly byAgent: readonly (Tally & { readonly agentId: AgentId | null; readonly name: string | null })[];
  readonly byTool: readonly (Tally & { readonly tool: string })[];
  readonly refusals: readonly Refusals[];
  /** False when there were more refusals than were looked at; the newest were. */
  readonly refusalsComplete: boolean;
  readonly waiting: { readonly count: number; readonly firstExpiry: Date | null };
  readonly policy: { readonly version: number; readonly name: string; readonly mode: string } | null;
  readonly killSwitch: KillSwitch;
  /** The fullest limits; null where the counts can't be read. */
  readonly limits: readonly LimitUse[] | null;
}

export type ReadOverview = (range: OverviewRange) => Promise<Overview>;

export interface OverviewDeps {
  readonly statistics: CallStatistics;
  readonly log: Pick<AuditReader, 'list'>;
  readonly approvals: Pick<ApprovalStore, 'waiting'>;
  readonly agents: Pick<AgentStore, 'get'>;
  readonly activePolicy: ActivePolicy;
  readonly readKillSwitch: () => Promise<KillSwitch>;
  readonly readLimitsUse: ReadLimitsUse;
  readonly clock: Clock;
}

/** What agents did, what waits and what was refused, up to now. */
export function makeReadOverview(deps: OverviewDeps): ReadOverview {
  return async (range) => {
    const now = deps.clock.now();
    const { seconds, count } = SLICES[range];
    // The last slice ends with the hour, so that every slice begins on one.
    const end = (Math.floor(now.getTime() / (HOUR * 1_000)) + 1) * HOUR * 1_000;
    const [from, to] = [new Date(end - count * seconds * 1_000), new Date(end)];
    const [counts, outcomes, refused, waiting, policy, killSwitch] = await Promise.all([
      deps.statistics.decisions({ from, to, sliceSeconds: seconds }),
      deps.statistics.outcomes({ from, to }),
      deps.log.list({ kind: 'call.decision', verdict: 'deny', from }, { limit: REFUSALS_READ + 1 }),
      deps.approvals.waiting(now),
      deps.activePolicy(),
      deps.readKillSwitch(),
    ]);
    const slices = Array.from({ length: count }, (_, slice) => ({
      from: new Date(from.getTime() + slice * seconds * 1_000),
      ...tally(counts.filter((each) => each.slice === slice)),
    }));
    const byAgent = await named(deps.agents, counts);
    const byTool = [...grouped(counts, ({ tool }) => tool ?? '')]
      .map(([tool, some]) => ({ tool, ...tally(some) }))
      .sort(busiest);
    return {
      from,
      to,
      sliceSeconds: seconds,
      slices,
      calls: tally(counts),
      outcomes,
      byAgent,
      byTool,
      refusals: refusalsOf(refused.slice(0, REFUSALS_READ)),
      refusalsComplete: refused.length <= REFUSALS_READ,
      waiting,
      policy: policy === undefined ? null : summary(policy.version ?? 0, policy.document),
      killSwitch,
      limits: await deps.readLimitsUse({
        agents: byAgent.flatMap(({ agentId }) => (agentId === null ? [] : [agentId])),
        tools: byTool.map(({ tool }) => tool),
      }),
    };
  };
}

const summary = (version: number, { name, mode }: { readonly name: string; readonly mode: string }) => ({
  version,
  name,
  mode,
});

function tally(counts: readonly DecisionCount[]): Tally {
  const sum = (wanted: Verdict): number =>
    counts.reduce((total, { verdict, count }) => (verdict === wanted ? total + count : total), 0);
  return { allow: sum('allow'), ask: sum('ask'), deny: sum('deny') };
}

const busiest = (a: Tally, b: Tally): number => b.allow + b.ask + b.deny - (a.allow + a.ask + a.deny);

function grouped<T, K>(items: readonly T[], keyOf: (item: T) => K): ReadonlyMap<K, readonly T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return groups;
}

async function named(agents: OverviewDeps['agents'], counts: readonly DecisionCount[]): Promise<Overview['byAgent']> {
  const groups = [...grouped(counts, ({ agentId }) => agentId)];
  const rows = groups.map(async ([agentId, some]) => {
    const agent = agentId === null ? undefined : await agents.get(agentId);
    return { agentId, name: agent?.name ?? null, ...tally(some) };
  });
  return (await Promise.all(rows)).sort(busiest);
}

/** The rule that an agent would be told first. */
function refusingRule({ findings }: AuditEntry): string | null {
  const all: readonly unknown[] = Array.isArray(findings) ? findings : [];
  const first = all.find((each) => isJsonObject(each) && each['effect'] === 'deny');
  const rule = isJsonObject(first) ? first['rule'] : undefined;
  return typeof rule === 'string' ? rule : null;
}

/** By code, rule and tool, the most frequent first. Entries come newest first. */
function refusalsOf(entries: readonly AuditEntry[]): readonly Refusals[] {
  const found = new Map<string, Refusals>();
  for (const entry of entries) {
    const [code, rule, tool] = [entry.code ?? 'internal', refusingRule(entry), entry.tool ?? null];
    const key = JSON.stringify([code, rule, tool]);
    const known = found.get(key);
    found.set(key, { code, rule, tool, count: (known?.count ?? 0) + 1, lastAt: known?.lastAt ?? entry.at });
  }
  return [...found.values()].sort((a, b) => b.count - a.count);
}
