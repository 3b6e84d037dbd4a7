import { createHash } from 'node:crypto';
import { canonicalJson } from '../kernel/canonical-json.js';
import type { Clock } from '../kernel/clock.js';
import { ChaperoneError, ERRORS } from '../kernel/errors.js';
import { isJsonObject, type Json, type JsonObject } from '../kernel/json.js';
import { inRounds } from '../kernel/rounds.js';
import type { Answer } from './route.js';

export interface KeptAnswer {
  readonly requestDigest: string;
  /** Null while the first request runs, or when nobody knows how it ended. */
  readonly answer: { readonly status: number; readonly body: JsonObject } | null;
  readonly createdAt: Date;
}

export interface KeptAnswerStore {
  /** @returns the one that is there; undefined when it was free, and is taken now */
  begin(id: string, requestDigest: string, at: Date): Promise<KeptAnswer | undefined>;
  keep(id: string, answer: { readonly status: number; readonly body: JsonObject }): Promise<void>;
  /** Frees the key. */
  drop(id: string): Promise<void>;
  /** @returns how many were deleted */
  purge(before: Date, limit: number): Promise<number>;
}

/** A request that makes something, as its repetitions are known. */
export interface Creation {
  readonly userId: number;
  readonly method: string;
  readonly path: string;
  readonly key: string;
  readonly body: Json;
}

/** How long a key counts. Long enough for any client that tries again, and no answer lies about for longer. */
const KEPT_MS = 86_400_000;
/** No request takes longer, whatever it waits for. */
const LOST_AFTER_MS = 120_000;
const MOST_AT_ONCE = 500;

const digest = (value: Json): string => createHash('sha256').update(canonicalJson(value), 'utf8').digest('hex');

const SECRETS = new Set(['secret', 'applicationPassword']);

/** A secret is shown once, and is never stored: in the answer that is kept stands null. */
export function withoutSecrets(value: Json): Json {
  if (Array.isArray(value)) return (value as readonly Json[]).map(withoutSecrets);
  if (!isJsonObject(value)) return value;
  const pairs = Object.entries(value).map(
    ([name, each]) => [name, SECRETS.has(name) ? null : withoutSecrets(each)] as const,
  );
  return Object.fromEntries(pairs);
}

function again({ requestDigest, answer, createdAt }: KeptAnswer, asked: string, now: Date): Answer {
  if (requestDigest !== asked) throw new ChaperoneError('idempotency_key_reused');
  if (answer !== null) return { ...answer, headers: { 'Idempotency-Replayed': 'true' } };
  if (now.getTime() - createdAt.getTime() < LOST_AFTER_MS)
    throw new ChaperoneError('idempotency_in_progress', { retryAfter: 1 });
  throw new ChaperoneError('outcome_unknown', {
    detail: 'The first request with this idempotency key was cut off; look whether it did what it was to do.',
  });
}

/** Whether the failure says for certain that nothing was made. */
const didNothing = (error: unknown): boolean =>
  error instanceof ChaperoneError && (ERRORS[error.code].status < 500 || error.code === 'overloaded');

/** Does the work once for each user, route, and idempotency key; whoever repeats the request gets the first answer, without its secrets. */
export type OncePerKey = (creation: Creation, work: () => Promise<Answer>) => Promise<Answer>;

export function makeOncePerKey({
  answers,
  clock,
}: {
  readonly answers: KeptAnswerStore;
  readonly clock: Clock;
}): OncePerKey {
  return async ({ userId, method, path, key, body }, work) => {
    const id = digest([userId, method, path, key]);
    const asked = digest(body);
    const first = await answers.begin(id, asked, clock.now());
    if (first !== undefined) return again(first, asked, clock.now());
    let answer: Answer;
    try {
      answer = await work();
    } catch (error) {
      if (didNothing(error)) await answers.drop(id);
      throw error;
    }
    // It is made: an answer that can't be kept is still the answer, and a repetition hears that nobody knows.
    await answers
      .keep(id, { status: answer.status, body: withoutSecrets(answer.body) as JsonObject })
      .catch(() => undefined);
    return answer;
  };
}

export const makePurgeAnswers =
  ({ answers, clock }: { readonly answers: Pick<KeptAnswerStore, 'purge'>; readonly clock: Clock }) =>
  (): Promise<number> => {
    const before = new Date(clock.now().getTime() - KEPT_MS);
    return inRounds(() => answers.purge(before, MOST_AT_ONCE), { enough: MOST_AT_ONCE });
  };
