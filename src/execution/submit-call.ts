import type { Decision } from '../policy/decision.js';
import type { Principal } from '../identity/principal.js';
import type { Clock } from '../kernel/clock.js';
import { ChaperoneError, ERRORS, type ErrorCode } from '../kernel/errors.js';
import type { Moment } from '../kernel/fresh-reading.js';
import type { AgentId, CallId } from '../kernel/ids.js';
import type { JsonObject } from '../kernel/json.js';
import { problemBody } from '../kernel/problem.js';
import type { AdmitCall } from './admit-call.js';
import { requestDigest, type CallRequest, type StoredAnswer } from './call.js';
import type { CallStore } from './call-store.js';
import type { DecideCall } from './decide-call.js';
import { visibleDecision, visibleUnlock } from './decide-call.js';
import type { UseGrant } from './granted-call.js';
import type { HoldCall } from './hold-call.js';
import type { CallJournal, OpenCall } from './journal.js';
import { prepare, type CheckCall, type CheckedCall } from './prepare-call.js';
import type { RunCall } from './run-call.js';
import { requireToolScope } from './tool-scope.js';
import { findTool } from './tools/index.js';

export interface Submission {
  readonly callId: CallId;
  readonly principal: Principal;
  readonly agentId: AgentId;
  readonly request: CallRequest;
  readonly idempotencyKey: string | null;
  /** Of a call that takes another one back. */
  readonly undoes?: Undoes;
}

export interface Undoes {
  readonly callId: CallId;
  /** A person does it under their own name, and answers an `ask` by that, as with a suggestion that is applied. */
  readonly byPerson: boolean;
  /** Throws where something else has changed the target since. */
  expect(checked: CheckedCall): Promise<void>;
}

/** `replayed`: the first answer to this idempotency key, given again. */
export interface CallAnswer extends StoredAnswer {
  readonly callId: CallId;
  readonly replayed: boolean;
  /** Response fields that say how the limits stand, where any were weighed. */
  readonly headers?: Readonly<Record<string, string>>;
}

export interface SubmitDeps {
  readonly calls: Pick<CallStore, 'byIdempotencyKey'>;
  readonly journal: CallJournal;
  /** Throws while the kill switch is on. */
  readonly killSwitch: (asOf?: Moment) => Promise<void>;
  readonly checkCall: CheckCall;
  readonly decideCall: DecideCall;
  readonly admitCall: AdmitCall;
  readonly runCall: RunCall;
  /** Answers an `ask` by an approval that was remembered. */
  readonly useGrant: UseGrant;
  readonly holdCall: HoldCall;
  readonly clock: Clock;
}

/** Not refusals of the call: nothing about it was settled, or its own entries say what happened. */
const NO_REFUSAL = new Set<ErrorCode>([
  'upstream_unavailable',
  'outcome_unknown',
  'database_unavailable',
  'audit_unavailable',
  'overloaded',
  'internal',
  'idempotency_in_progress',
]);

/**
 * Section 6 of the contract: idempotency, arguments, capability, decision, then deny, or hold for people, or run between
 * an intent and an outcome. Every path from here on leaves an audit entry, and nothing runs whose entry isn't committed.
 */
export function makeSubmitCall(deps: SubmitDeps): (submission: Submission) => Promise<CallAnswer> {
  return async (submission) => {
    const open: OpenCall = {
      ...submission,
      requestDigest: requestDigest(asCompared(submission)),
      receivedAt: deps.clock.now(),
    };
    try {
      // Before any answer is given again: what a token may not call, it may not read the outcome of either.
      const tool = findTool(submission.request.tool);
      if (tool !== undefined) requireToolScope(submission.principal, tool.name);
      const switched = deps.killSwitch(submission.principal.asOf);
      // Asked together; the first answer to this key comes before what the switch says.
      switched.catch(() => undefined);
      const first = await firstAnswer(deps.calls, open);
      if (first !== undefined) return first;
      await switched;
      const checked = await deps.checkCall(prepare(submission.request), submission.principal);
      await submission.undoes?.expect(checked);
      const decided = await deps.decideCall(checked, judged(submission), submission.request.mode);
      const { decision, ...weighed } = await deps.admitCall(decided, { peek: submission.request.dryRun });
      const answer = await carryOut(deps, open, checked, decision);
      return answer === undefined ? await answerOfTheWinner(deps.calls, open) : { ...answer, ...weighed };
    } catch (error) {
      throw withCallId(await writtenDown(deps.journal, open, error), open.callId);
    }
  };
}

/** Whoever undoes a call undoes the same one, for whatever reason. */
const asCompared = ({ request, undoes }: Submission): CallRequest => {
  const { tool, args, dryRun } = request;
  return undoes === undefined ? request : { tool, args, dryRun };
};

/** Rules judge a person who undoes an agent's call as that person, and what is for the agent alone goes for it too. */
const judged = ({ principal, agentId, undoes }: Submission): Principal =>
  undoes?.byPerson === true ? { ...principal, agentId } : principal;

/** The refusal, once its entry is committed; when that fails, the failure instead. */
async function writtenDown(journal: CallJournal, open: OpenCall, error: unknown): Promise<unknown> {
  if (!(error instanceof ChaperoneError) || NO_REFUSAL.has(error.code)) return error;
  try {
    await journal.refused(open, error);
    return error;
  } catch (failure) {
    return failure;
  }
}

/** Undefined when another request with the same idempotency key came first. */
async function carryOut(
  deps: SubmitDeps,
  open: OpenCall,
  checked: CheckedCall,
  decision: Decision,
): Promise<CallAnswer | undefined> {
  const shown = visibleDecision(decision);
  const settled = (status: number, body: JsonObject): CallAnswer => ({
    status,
    body,
    callId: open.callId,
    replayed: false,
  });
  if (open.request.dryRun) {
    const answer = settled(200, { status: 'dry_run', callId: open.callId, decision: shown });
    return (await deps.journal.dryRun(open, checked, decision, answer)) ? answer : undefined;
  }
  const isAnswered = decision.effect === 'ask' && open.undoes?.byPerson === true;
  if (decision.effect === 'ask' && !isAnswered) {
    const granted = await deps.useGrant(open, checked, decision);
    if (granted === 'taken') return undefined;
    if (granted !== 'none') {
      const { id, expiresAt } = granted;
      const grant = { id, expiresAt: expiresAt.toISOString() };
      const ran = await deps.runCall(open, checked, { ...shown, grant });
      return settled(ran.status, ran.body);
    }
    const held = await deps.holdCall(open, checked, decision);
    return held === undefined ? undefined : settled(held.status, held.body);
  }
  if (decision.effect !== 'allow' && !isAnswered) {
    const answer = denial(open, decision, settled);
    return (await deps.journal.denied(open, checked, decision, answer)) ? answer : undefined;
  }
  if (!(await deps.journal.intent(open, checked, decision))) return undefined;
  const answer = await deps.runCall(open, checked, shown);
  return settled(answer.status, answer.body);
}

function denial(
  open: OpenCall,
  decision: Decision,
  settled: (status: number, body: JsonObject) => CallAnswer,
): CallAnswer {
  const refusal = refusalOf(decision);
  return settled(ERRORS[refusal.code].status, problemBody(refusal, open.callId));
}

/** The strictest finding names the refusal; all of them are in it. */
export function refusalOf(decision: Decision): ChaperoneError {
  const [strictest] = decision.findings;
  const code =
    strictest !== undefined && strictest.code in ERRORS ? (strictest.code as ErrorCode) : 'policy_evaluation_failed';
  const shown = visibleDecision(decision);
  return new ChaperoneError(code, {
    ...(strictest === undefined ? {} : { detail: strictest.message }),
    ...retryAfterOf(decision),
    members: {
      decision: shown,
      findings: shown['findings'],
      ...(strictest?.unlock === undefined ? {} : { unlock: visibleUnlock(strictest.unlock) }),
    },
  });
}

/** Whole seconds until the last of the limits that refused has room again. */
function retryAfterOf({ findings }: Decision): { readonly retryAfter?: number } {
  const seconds = findings.flatMap(({ unlock }) => (unlock?.retryAfter === undefined ? [] : [unlock.retryAfter]));
  return seconds.length === 0 ? {} : { retryAfter: Math.max(...seconds) };
}

async function firstAnswer(calls: SubmitDeps['calls'], open: OpenCall): Promise<CallAnswer | undefined> {
  if (open.idempotencyKey === null) return undefined;
  const record = await calls.byIdempotencyKey(open.agentId, open.idempotencyKey);
  if (record === undefined) return undefined;
  if (record.requestDigest !== open.requestDigest) throw new ChaperoneError('idempotency_key_reused');
  if (record.answer === null)
    throw new ChaperoneError('idempotency_in_progress', { retryAfter: 1, members: { callId: record.id } });
  return { ...record.answer, callId: record.id, replayed: true };
}

async function answerOfTheWinner(calls: SubmitDeps['calls'], open: OpenCall): Promise<CallAnswer> {
  const answer = await firstAnswer(calls, open);
  if (answer === undefined) throw new ChaperoneError('idempotency_in_progress', { retryAfter: 1 });
  return answer;
}

function withCallId(error: unknown, callId: CallId): unknown {
  if (!(error instanceof ChaperoneError) || error.extras.members?.['callId'] !== undefined) return error;
  return new ChaperoneError(error.code, { ...error.extras, members: { ...error.extras.members, callId } });
}
