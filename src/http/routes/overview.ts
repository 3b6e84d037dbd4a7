import { z } from 'zod';
import type { Overview, ReadOverview } from '../../execution/read-overview.js';
import type { JsonObject } from '../../kernel/json.js';
import { guarded, type GuardedRoute } from '../route.js';

function shown({ from, to, slices, refusals, waiting, killSwitch, outcomes, ...rest }: Overview): JsonObject {
  const { sliceSeconds, calls, byAgent, byTool, refusalsComplete, policy, limits } = rest;
  return {
    from: from.toISOString(),
    to: to.toISOString(),
    sliceSeconds,
    slices: slices.map((slice) => ({ ...slice, from: slice.from.toISOString() })),
    calls: { ...calls },
    outcomes: { ...outcomes },
    byAgent: byAgent.map((agent) => ({ ...agent })),
    byTool: byTool.map((tool) => ({ ...tool })),
    refusals: refusals.map((refusal) => ({ ...refusal, lastAt: refusal.lastAt.toISOString() })),
    refusalsComplete,
    waiting: { count: waiting.count, firstExpiry: waiting.firstExpiry?.toISOString() ?? null },
    policy: policy === null ? null : { ...policy },
    limits: limits === null ? null : limits.map((each) => ({ ...each })),
    killSwitch: { ...killSwitch, at: killSwitch.at?.toISOString() ?? null },
  };
}

export function overviewRoute(readOverview: ReadOverview): GuardedRoute {
  return guarded({
    method: 'get',
    path: '/v1/overview',
    operationId: 'getOverview',
    summary: 'What agents did, what waits, and what was refused and why, in numbers.',
    access: 'any',
    capability: 'ai_agent_view_logs',
    query: z.strictObject({ range: z.enum(['24h', '7d', '30d']).default('24h') }),
    responses: { 200: 'the numbers' },
    handle: async ({ query: { range } }) => ({ status: 200, body: shown(await readOverview(range)) }),
  });
}
