import * as z from 'zod/mini';
import { ask } from '../api/ask.js';
import { finding } from '../parts/findings.js';

const entry = z.object({
  id: z.number(),
  ts: z.string(),
  kind: z.string(),
  callId: z.nullable(z.string()),
  userId: z.nullable(z.number()),
  agentId: z.nullable(z.string()),
  /** What they are called now; null for nobody, and for whom is gone. */
  login: z.nullable(z.string()),
  agentName: z.nullable(z.string()),
  credential: z.nullable(z.string()),
  ip: z.nullable(z.string()),
  tool: z.nullable(z.string()),
  entityType: z.nullable(z.string()),
  entityId: z.nullable(z.number()),
  arguments: z.unknown(),
  beforeDigest: z.nullable(z.string()),
  afterDigest: z.nullable(z.string()),
  policyVersion: z.nullable(z.number()),
  verdict: z.nullable(z.string()),
  code: z.nullable(z.string()),
  findings: z.unknown(),
  outcome: z.nullable(z.string()),
  detail: z.unknown(),
  erased: z.optional(z.boolean()),
  prevHash: z.string(),
  hash: z.string(),
});
export type Entry = z.infer<typeof entry>;

const findings = z.array(finding);

/** The findings of an entry, where it has some that can be read. */
export function findingsOf({ findings: stored }: Entry) {
  const parsed = findings.safeParse(stored);
  return parsed.success ? parsed.data : [];
}

const page = z.object({ items: z.array(entry), nextCursor: z.nullable(z.string()) });
export type EntryPage = z.infer<typeof page>;
export type Filter = Readonly<Record<string, string>>;

export const listEntries = (filter: Filter, cursor: string | undefined, signal: AbortSignal): Promise<EntryPage> =>
  ask(page, '/audit', { query: { ...filter, cursor, limit: 50 }, signal });

export const readEntry = (id: string, signal: AbortSignal): Promise<Entry> => ask(entry, `/audit/${id}`, { signal });

const report = z.object({
  ok: z.boolean(),
  entries: z.number(),
  firstBad: z.optional(z.object({ id: z.number(), reason: z.string() })),
});
export type Report = z.infer<typeof report>;

const running = z.object({ run: z.string(), entries: z.number(), total: z.number() });
export type Running = z.infer<typeof running>;

const SECONDS_AT_A_TIME = 2;

/** Walks the whole log. `onProgress` hears how far it has come, every two seconds. */
export async function verifyLog(onProgress: (far: Running) => void): Promise<Report> {
  let run: string | undefined;
  for (;;) {
    const answer = await ask(z.union([report, running]), '/audit/verify', {
      query: { wait: SECONDS_AT_A_TIME, run },
    });
    if ('ok' in answer) return answer;
    ({ run } = answer);
    onProgress(answer);
  }
}
