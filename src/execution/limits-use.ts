import type { AgentStore } from '../identity/agents/agent-store.js';
import type { AgentId, WpUserId } from '../kernel/ids.js';
import { limitKey, type LimitSubjects } from '../limits/keys.js';
import type { LimitDemand, LimitStore } from '../limits/limit-store.js';
import type { LimitSubject, RateLimitRule } from '../policy/document.js';
import { SITE } from '../policy/limit-demand.js';
import type { ActivePolicy } from '../policy-versions/active-policy.js';

/** How full one limit is for one of those whom it counts. */
export interface LimitUse {
  readonly rule: string;
  readonly agentId: AgentId | null;
  readonly agentName: string | null;
  readonly tool: string | null;
  readonly limit: number;
  readonly used: number;
  readonly windowSeconds: number;
  /** Whole seconds until there is more room. */
  readonly resetSeconds: number;
}

/** Agents and tools that did something lately, the busiest first. */
export interface Busy {
  readonly agents: readonly AgentId[];
  readonly tools: readonly string[];
}

/** The fullest first. Null: the counts can't be read. */
export type ReadLimitsUse = (busy: Busy) => Promise<readonly LimitUse[] | null>;

const MOST_SUBJECTS = 8;
const MOST_DEMANDS = 200;
const MOST_SHOWN = 10;

interface Counted {
  readonly agentId: AgentId | null;
  readonly agentName: string | null;
  readonly userId: WpUserId | null;
  readonly tool: string | null;
}

/**
 * What the active policy's limits hold of the busiest. The store keeps digests of whom it counts, so it is asked about those who are
 * known to have been busy; limits on addresses are left out, since no address is kept to ask about.
 */
export function makeReadLimitsUse(deps: {
  readonly activePolicy: ActivePolicy;
  readonly siteTimeZone: () => Promise<string>;
  readonly limits: Pick<LimitStore, 'consume'>;
  readonly agents: Pick<AgentStore, 'get'>;
}): ReadLimitsUse {
  return async ({ agents, tools }) => {
    const [policy, siteTimeZone] = await Promise.all([deps.activePolicy(), deps.siteTimeZone()]);
    if (policy === undefined) return [];
    const { rateLimits, timezone } = policy.document;
    const known = await Promise.all(agents.slice(0, MOST_SUBJECTS).map((id) => deps.agents.get(id)));
    const people = known.flatMap((agent) =>
      agent === undefined ? [] : [{ agentId: agent.id, agentName: agent.name, userId: agent.userId }],
    );
    const asked = rateLimits
      .flatMap((rule) => {
        const zone = rule.timezone ?? timezone;
        const window =
          rule.window.kind === 'rolling'
            ? rule.window
            : { ...rule.window, zone: zone === 'site' ? siteTimeZone : zone };
        return whom(rule, people, tools.slice(0, MOST_SUBJECTS)).map((who) => ({ rule, window, who }));
      })
      .slice(0, MOST_DEMANDS);
    const demands: LimitDemand[] = asked.flatMap(({ rule, window, who }) => {
      const key = limitKey(rule.per, subjectsOf(who));
      return key === undefined ? [] : [{ rule: rule.id, key, limit: rule.limit, window }];
    });
    if (demands.length === 0) return [];
    try {
      const { standings } = await deps.limits.consume(demands, { peek: true });
      return standings
        .flatMap(({ rule, limit, remaining, windowSeconds, resetSeconds }, index) => {
          const who = asked[index]?.who;
          const used = limit - remaining;
          if (who === undefined || used <= 0) return [];
          const { agentId, agentName, tool } = who;
          return [{ rule, agentId, agentName, tool, limit, used, windowSeconds, resetSeconds }];
        })
        .sort((one, other) => other.used / other.limit - one.used / one.limit)
        .slice(0, MOST_SHOWN);
    } catch {
      return null;
    }
  };
}

/** Those whom a rule counts apart, each once. */
function whom(
  { per }: Pick<RateLimitRule, 'per'>,
  people: readonly Pick<Counted, 'agentId' | 'agentName' | 'userId'>[],
  tools: readonly string[],
): readonly Counted[] {
  if (per.includes('ip')) return [];
  const nobody = { agentId: null, agentName: null, userId: null };
  const byPerson = (['agent', 'user'] as const satisfies readonly LimitSubject[]).some((each) => per.includes(each));
  const named = byPerson ? people : [nobody];
  return named.flatMap((person) => (per.includes('tool') ? tools : [null]).map((tool) => ({ ...person, tool })));
}

const subjectsOf = ({ agentId, userId, tool }: Counted): LimitSubjects => ({
  agent: agentId ?? undefined,
  user: userId ?? undefined,
  tool: tool ?? undefined,
  site: SITE,
  ip: undefined,
});
