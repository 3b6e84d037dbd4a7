import * as z from 'zod/mini';
import { ask } from '../api/ask.js';
import { finding } from '../parts/findings.js';

const summary = z.object({
  version: z.number(),
  active: z.boolean(),
  ts: z.string(),
  author: z.number(),
  note: z.string(),
});
export type VersionSummary = z.infer<typeof summary>;
/** `text`: as somebody wrote it, with its comments; the answer's `document` is an object where nobody wrote any. */
const whole = z.object({ ...summary.shape, text: z.string() });
export type Version = z.infer<typeof whole>;
const versions = z.object({
  items: z.array(summary),
  activeVersion: z.nullable(z.number()),
  nextCursor: z.nullable(z.string()),
});
export type Versions = z.infer<typeof versions>;

export const listVersions = (cursor: string | undefined, signal: AbortSignal): Promise<Versions> =>
  ask(versions, '/policies', { query: { cursor, limit: 20 }, signal });

export const readVersion = (version: number, signal: AbortSignal): Promise<Version> =>
  ask(whole, `/policies/${version}`, { signal });

const place = z.object({ pointer: z.string(), line: z.number(), column: z.number(), message: z.string() });
export type Place = z.infer<typeof place>;
const checked = z.object({ problems: z.array(place), warnings: z.array(place) });
export type Checked = z.infer<typeof checked>;

export const validate = (document: string, signal: AbortSignal): Promise<Checked> =>
  ask(checked, '/policies/validate', { method: 'POST', data: { document }, signal });

const saved = z.looseObject({ version: z.number() });
export interface Saving {
  readonly document: string;
  readonly note: string;
  readonly baseVersion: number | null;
  readonly activate: boolean;
}
export const save = async (idempotencyKey: string, data: Saving): Promise<number> =>
  (await ask(saved, '/policies', { method: 'POST', data, idempotencyKey })).version;

export const activate = (version: number, note: string): Promise<unknown> =>
  ask(z.looseObject({}), `/policies/${version}/activate`, { method: 'POST', data: { note } });

const comparison = z.object({ sentences: z.array(z.string()), patch: z.array(z.looseObject({})) });
export type Comparison = z.infer<typeof comparison>;
export const compare = (from: number, to: number, signal: AbortSignal): Promise<Comparison> =>
  ask(comparison, '/policies/diff', { query: { from, to }, signal });

export interface ImaginedCall {
  readonly tool: string;
  readonly args: unknown;
  readonly user?: string;
  readonly agent?: string;
  readonly ip?: string;
  readonly at?: string;
}
const decided = z.object({
  effect: z.string(),
  findings: z.array(finding),
  explanation: z.string(),
  notes: z.array(z.string()),
});
const failed = z.object({ error: z.object({ code: z.string(), detail: z.nullish(z.string()) }) });
const trial = z.object({ decisions: z.array(z.union([decided, failed])) });
export type Tried = z.infer<typeof trial>['decisions'][number];
export const tryCalls = async (document: string, calls: readonly ImaginedCall[]): Promise<readonly Tried[]> =>
  (await ask(trial, '/policies/test', { method: 'POST', data: { document, calls } })).decisions;

const replayed = z.object({
  considered: z.number(),
  replayed: z.number(),
  unchanged: z.number(),
  limitsNotWeighed: z.number(),
  notReplayable: z.record(z.string(), z.number()),
  counts: z.record(z.string(), z.number()),
  changed: z.array(
    z.object({
      auditId: z.number(),
      ts: z.string(),
      tool: z.nullable(z.string()),
      was: z.string(),
      becomes: z.string(),
      explanation: z.string(),
    }),
  ),
});
export type Replayed = z.infer<typeof replayed>;
export const replay = (document: string): Promise<Replayed> =>
  ask(replayed, '/policies/replay', { method: 'POST', data: { document, last: 1_000 } });
