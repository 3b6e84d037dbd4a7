import { ChaperoneError } from '../../kernel/errors.js';
import type { WpUserId } from '../../kernel/ids.js';
import {
  CHECKS_PER_QUESTION,
  QUESTIONS_PER_REQUEST,
  type BridgeAnswer,
  type BridgeQuestion,
  type CapabilityQuestion,
  type SendQuestions,
} from './wordpress-questions.js';

/** What one user is asked about, and who waits for it. */
interface Waiting {
  readonly check?: CapabilityQuestion;
  readonly settle: (answer: boolean) => void;
  readonly fail: (error: ChaperoneError) => void;
}

interface Entry {
  readonly userId: WpUserId;
  readonly waiting: Waiting[];
}

/** Questions of one turn of the event loop, on their way to WordPress in as few requests as the limits allow. */
export interface QuestionBatch {
  /** Resolves with WordPress's answer about the capability, or, without a check, about application passwords. */
  add(userId: WpUserId, check?: CapabilityQuestion): Promise<boolean>;
}

export function makeQuestionBatch(send: SendQuestions): QuestionBatch {
  let entries: Entry[] = [];
  const flush = (): void => {
    const ready = entries;
    entries = [];
    for (let at = 0; at < ready.length; at += QUESTIONS_PER_REQUEST) {
      void deliver(send, ready.slice(at, at + QUESTIONS_PER_REQUEST));
    }
  };
  return {
    add: (userId, check) =>
      new Promise((settle, fail) => {
        if (entries.length === 0) setImmediate(flush);
        const open = entries.find((entry) => entry.userId === userId && entry.waiting.length < CHECKS_PER_QUESTION);
        const waiting = { ...(check === undefined ? {} : { check }), settle, fail };
        if (open === undefined) entries.push({ userId, waiting: [waiting] });
        else open.waiting.push(waiting);
      }),
  };
}

async function deliver(send: SendQuestions, entries: readonly Entry[]): Promise<void> {
  try {
    const answers = await send(entries.map(questionOf));
    const complete = checked(entries, answers);
    entries.forEach((entry, index) => settleEntry(entry, complete[index]));
  } catch (cause) {
    const error =
      cause instanceof ChaperoneError && cause.code === 'upstream_unavailable'
        ? cause
        : new ChaperoneError('upstream_unavailable', { cause });
    for (const { waiting } of entries) for (const { fail } of waiting) fail(error);
  }
}

function questionOf({ userId, waiting }: Entry): BridgeQuestion {
  const checks = waiting.flatMap(({ check }) => check ?? []);
  return { userId, checks: checks.map(({ capability, objects }) => ({ capability, objects })) };
}

/** An answer of another shape than the question's is no answer. */
function checked(entries: readonly Entry[], answers: readonly BridgeAnswer[]): readonly BridgeAnswer[] {
  const fits = entries.every((entry, index) => {
    const answer: unknown = answers[index];
    return isAnswer(answer) && answer.checks.length === questionOf(entry).checks.length;
  });
  if (!fits || answers.length !== entries.length) throw new Error("WordPress's answers don't fit the questions");
  return answers;
}

function isAnswer(value: unknown): value is BridgeAnswer {
  if (typeof value !== 'object' || value === null) return false;
  const { exists, applicationPasswordsAvailable, checks } = value as Partial<Record<keyof BridgeAnswer, unknown>>;
  return (
    typeof exists === 'boolean' &&
    typeof applicationPasswordsAvailable === 'boolean' &&
    Array.isArray(checks) &&
    checks.every((check) => typeof check === 'boolean')
  );
}

function settleEntry({ waiting }: Entry, answer: BridgeAnswer | undefined): void {
  let next = 0;
  for (const { check, settle } of waiting) {
    if (check === undefined) settle(answer?.exists === true && answer.applicationPasswordsAvailable);
    else settle(answer?.exists === true && answer.checks[next++] === true);
  }
}
