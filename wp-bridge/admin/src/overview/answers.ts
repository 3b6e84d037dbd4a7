import * as z from 'zod/mini';
import { ask } from '../api/ask.js';

const tally = { allow: z.number(), ask: z.number(), deny: z.number() };

const killSwitch = z.object({
  on: z.boolean(),
  reason: z.string(),
  at: z.nullable(z.string()),
  by: z.nullable(z.number()),
});
export type KillSwitch = z.infer<typeof killSwitch>;

const overview = z.object({
  from: z.string(),
  to: z.string(),
  sliceSeconds: z.number(),
  slices: z.array(z.object({ from: z.string(), ...tally })),
  calls: z.object(tally),
  outcomes: z.record(z.string(), z.number()),
  byAgent: z.array(z.object({ agentId: z.nullable(z.string()), name: z.nullable(z.string()), ...tally })),
  byTool: z.array(z.object({ tool: z.string(), ...tally })),
  refusals: z.array(
    z.object({
      code: z.string(),
      rule: z.nullable(z.string()),
      tool: z.nullable(z.string()),
      count: z.number(),
      lastAt: z.string(),
    }),
  ),
  refusalsComplete: z.boolean(),
  waiting: z.object({ count: z.number(), firstExpiry: z.nullable(z.string()) }),
  policy: z.nullable(z.object({ version: z.number(), name: z.string(), mode: z.string() })),
  killSwitch,
  limits: z.nullable(
    z.array(
      z.object({
        rule: z.string(),
        agentId: z.nullable(z.string()),
        agentName: z.nullable(z.string()),
        tool: z.nullable(z.string()),
        limit: z.number(),
        used: z.number(),
        windowSeconds: z.number(),
        resetSeconds: z.number(),
      }),
    ),
  ),
});
export type OverviewAnswer = z.infer<typeof overview>;
export type Slice = OverviewAnswer['slices'][number];

export const RANGES = ['24h', '7d', '30d'] as const;
export type Range = (typeof RANGES)[number];

export const readOverview = (range: Range, signal: AbortSignal): Promise<OverviewAnswer> =>
  ask(overview, '/overview', { query: { range }, signal });

const health = z.object({
  pairing: z.object({ state: z.string(), detail: z.string(), skew: z.number() }),
  readiness: z.nullable(z.object({ status: z.string(), checks: z.record(z.string(), z.string()) })),
});
export type Health = z.infer<typeof health>;

export const readHealth = (signal: AbortSignal): Promise<Health> => ask(health, '/health', { signal });

export const setKillSwitch = (on: boolean, reason: string): Promise<KillSwitch> =>
  ask(killSwitch, '/kill-switch', { method: 'PUT', data: { on, reason } });
