import * as z from 'zod/mini';
import { ask } from '../api/ask.js';
import { finding } from '../parts/findings.js';

const vote = z.object({
  userId: z.number(),
  login: z.string(),
  /** Whose hand it was, where the vote was delegated. */
  castBy: z.nullable(z.object({ userId: z.number(), login: z.string() })),
  rememberSeconds: z.nullable(z.number()),
  note: z.nullable(z.string()),
  at: z.string(),
  dropped: z.nullable(z.object({ at: z.string(), why: z.string() })),
});
const named = z.object({ roles: z.optional(z.array(z.string())), users: z.optional(z.array(z.string())) });
export type Named = z.infer<typeof named>;

const step = z.object({
  name: z.string(),
  quorum: z.number(),
  approvers: named,
  /** Who may vote too after a time; `at` is null while the step hasn’t begun. */
  escalate: z.nullable(
    z.object({ afterSeconds: z.number(), to: named, at: z.nullable(z.string()), inForce: z.boolean() }),
  ),
  votes: z.number(),
  current: z.boolean(),
  votedBy: z.array(vote),
});
export type Step = z.infer<typeof step>;

const args = z.record(z.string(), z.unknown());
export type Args = z.infer<typeof args>;

const summary = {
  id: z.string(),
  status: z.string(),
  kind: z.enum(['approval', 'suggestion']),
  callId: z.string(),
  requestedBy: z.object({ agentId: z.string(), userId: z.number(), login: z.string() }),
  tool: z.string(),
  target: z.nullable(z.string()),
  title: z.nullable(z.string()),
  reason: z.nullable(z.string()),
  policyVersion: z.nullable(z.number()),
  rules: z.array(z.string()),
  steps: z.array(step),
  allowEdits: z.boolean(),
  rememberable: z.boolean(),
  digest: z.string(),
  createdAt: z.string(),
  expiresAt: z.string(),
  updatedAt: z.string(),
  secondsLeft: z.number(),
  resolution: z.nullable(args),
  /** What the one who asks could do now; the deed itself is checked again. */
  you: z.object({
    mayVote: z.boolean(),
    mayReject: z.boolean(),
    why: z.nullable(z.string()),
    /** Those whose votes were given to the one who asks, and who could vote now. */
    inNameOf: z.array(z.object({ userId: z.number(), login: z.string() })),
    /** Those in whose name the one who asks could stop it, also after its last vote. */
    rejectInNameOf: z.array(z.object({ userId: z.number(), login: z.string() })),
  }),
};
const summarySchema = z.object(summary);
export type ApprovalSummary = z.infer<typeof summarySchema>;

const event = z.object({
  at: z.string(),
  kind: z.string(),
  userId: z.nullable(z.number()),
  agentId: z.nullable(z.string()),
  login: z.nullable(z.string()),
  note: z.nullable(z.string()),
  step: z.optional(z.string()),
  inNameOf: z.optional(z.string()),
  why: z.optional(z.string()),
  verdict: z.optional(z.string()),
  outcome: z.optional(z.string()),
  code: z.optional(z.string()),
});
export type Event = z.infer<typeof event>;

const approval = z.object({
  ...summary,
  proposedArgs: args,
  effectiveArgs: args,
  edited: z.boolean(),
  before: z.nullable(args),
  findings: z.array(finding),
  votes: z.array(z.extend(vote, { step: z.nullable(z.string()) })),
  outcome: z.nullable(z.object({ status: z.number(), body: args })),
  history: z.array(event),
});
export type Approval = z.infer<typeof approval>;

export const VIEWS = ['mine', 'open', 'decided'] as const;
export type View = (typeof VIEWS)[number];

const page = z.object({ items: z.array(summarySchema), nextCursor: z.nullable(z.string()) });
export type ApprovalPage = z.infer<typeof page>;

export const FILTERS = ['status', 'tool', 'agentId'] as const;
export type Filter = Readonly<Partial<Record<(typeof FILTERS)[number], string>>>;

export const listApprovals = (
  view: View,
  filter: Filter,
  cursor: string | undefined,
  signal: AbortSignal,
): Promise<ApprovalPage> => ask(page, '/approvals', { query: { ...filter, view, cursor, limit: 25 }, signal });

export const readApproval = (id: string, signal: AbortSignal): Promise<Approval> =>
  ask(approval, `/approvals/${id}`, { signal });

const decided = z.looseObject({
  status: z.string(),
  approval: z.optional(z.looseObject({ status: z.string(), digest: z.optional(z.string()) })),
});
export type Decided = z.infer<typeof decided>;

export interface Ballot {
  readonly id: string;
  /** What was shown: the vote, or the rejection, is for exactly this. */
  readonly digest: string;
  readonly note: string;
  readonly args?: Args;
  /** The person whose vote it is, where it was delegated. */
  readonly inNameOf?: number;
  readonly remember?: '1h';
}

export const approve = ({ id, note, ...ballot }: Ballot): Promise<Decided> =>
  ask(decided, `/approvals/${id}/approve`, { method: 'POST', data: { ...ballot, ...noteOf(note) } });

export const reject = ({ id, note, ...shown }: Pick<Ballot, 'id' | 'digest' | 'note' | 'inNameOf'>): Promise<Decided> =>
  ask(decided, `/approvals/${id}/reject`, { method: 'POST', data: { ...shown, ...noteOf(note) } });

export const comment = (id: string, note: string): Promise<Decided> =>
  ask(decided, `/approvals/${id}/comment`, { method: 'POST', data: { note } });

const renewed = z.looseObject({ status: z.string(), approval: z.optional(z.looseObject({ id: z.string() })) });

/** The new approval's id, where the call waits again. */
export const askAnew = async (id: string): Promise<string | undefined> =>
  (await ask(renewed, `/approvals/${id}/renew`, { method: 'POST', data: {} })).approval?.id;

const noteOf = (note: string) => (note === '' ? {} : { note });

const batch = z.object({
  results: z.array(
    z.looseObject({
      id: z.string(),
      ok: z.boolean(),
      code: z.optional(z.string()),
      detail: z.optional(z.string()),
      approvalStatus: z.optional(z.string()),
    }),
  ),
});
export type BatchResult = z.infer<typeof batch>['results'][number];

/** With what was shown of each call: a decision is for exactly that. */
export async function decideBatch(
  chosen: readonly Pick<ApprovalSummary, 'id' | 'digest'>[],
  action: 'approve' | 'reject',
  note: string,
): Promise<readonly BatchResult[]> {
  const ids = chosen.map(({ id }) => id);
  const digests = Object.fromEntries(chosen.map(({ id, digest }) => [id, digest]));
  const data = { ids, action, digests, ...noteOf(note) };
  return (await ask(batch, '/approvals/batch', { method: 'POST', data })).results;
}
