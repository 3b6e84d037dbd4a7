import type { ErrorCode } from '../kernel/errors.js';
import type { AgentId, WpUserId } from '../kernel/ids.js';
import type { JsonObject } from '../kernel/json.js';
import type { Decision } from '../policy/decision.js';
import type { Mode } from '../policy/document.js';
import { evaluate } from '../policy/evaluate.js';
import { explain } from '../policy/explain.js';
import type { Facts, PolicyCall } from '../policy/facts.js';
import { loadDraft, type DraftDeps, type DraftInput } from './draft.js';

/** A call as somebody imagines it. Absent members are those of whoever asks, now. */
export interface ImaginedCall {
  readonly tool: string;
  readonly args: JsonObject;
  /** A login or a user id. */
  readonly user?: string | WpUserId | undefined;
  readonly agent?: AgentId | undefined;
  readonly ip?: string | undefined;
  readonly at?: Date | undefined;
  readonly mode?: Mode | undefined;
}

/** Who wants to know. Null: the operator's command line, which sees what the imagined caller sees. */
export interface Asker {
  readonly userId: WpUserId | null;
  readonly ip: string | null;
}

export interface ImaginedFacts {
  readonly ok: true;
  readonly call: PolicyCall;
  readonly facts: Facts;
  /** What had to be assumed, in sentences. */
  readonly notes: readonly string[];
}

export interface CallProblem {
  readonly ok: false;
  readonly code: ErrorCode;
  readonly detail: string;
  /** Each argument at fault. */
  readonly problems?: readonly { readonly pointer: string; readonly message: string }[];
}

/** Turns imagined calls into what rules are asked with, in their order. One call's problem is no other's. */
export type ImagineFacts = (
  calls: readonly ImaginedCall[],
  asker: Asker,
) => Promise<readonly (ImaginedFacts | CallProblem)[]>;

export type TestedCall =
  | { readonly ok: true; readonly decision: Decision; readonly explanation: string; readonly notes: readonly string[] }
  | CallProblem;

export type TestPolicy = (
  input: DraftInput & { readonly calls: readonly ImaginedCall[] },
  asker: Asker,
) => Promise<readonly TestedCall[]>;

/**
 * What a policy would decide, with nothing consumed and nothing stored. Limits are looked at and not counted, and only
 * for calls that are imagined now, since there are no counts of other times.
 * @throws what loadDraft throws
 */
export function makeTestPolicy(
  deps: DraftDeps & { readonly imagine: ImagineFacts; readonly peek: (decision: Decision) => Promise<Decision> },
): TestPolicy {
  const decide = async (policy: Parameters<typeof evaluate>[0], imagined: ImaginedFacts, isNow: boolean) => {
    const first = evaluate(policy, imagined.call, imagined.facts);
    const weighs = first.limits.length > 0;
    const decision = weighs && isNow ? await deps.peek(first) : first;
    const notes =
      weighs && !isNow
        ? [...imagined.notes, 'Limits are left out, since there are no counts of another time.']
        : imagined.notes;
    return { ok: true, decision, explanation: explain(decision), notes } as const;
  };
  return async ({ calls, ...draft }, asker) => {
    const { compiled } = await loadDraft(deps, draft);
    const imagined = await deps.imagine(calls, asker);
    return Promise.all(
      imagined.map(async (each, index) =>
        each.ok ? decide(compiled, each, calls[index]?.at === undefined) : Promise.resolve(each),
      ),
    );
  };
}
