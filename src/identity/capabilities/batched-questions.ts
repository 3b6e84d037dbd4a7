import { LRUCache } from 'lru-cache';
import type { Clock } from '../../kernel/clock.js';
import type { WpUserId } from '../../kernel/ids.js';
import { makeQuestionBatch } from './question-batch.js';
import type { CapabilityQuestion, SendQuestions, WordPressQuestions } from './wordpress-questions.js';

export interface BatchedQuestionsDeps {
  readonly send: SendQuestions;
  readonly clock: Clock;
  /** How long an answer counts, from the moment at which its question was asked. */
  readonly freshMs?: number;
  /** How long an answer about application passwords may serve while a new one is on its way. */
  readonly staleMs?: number;
}

interface Answer {
  readonly value: boolean;
  readonly askedAt: number;
}

const FRESH_MS = 5_000;
const STALE_MS = 60_000;
const MAX_ANSWERS = 5_000;

/**
 * Questions asked in one turn of the event loop travel together, equal ones once. An answer counts for five seconds from
 * the moment of asking. Whether application passwords are available changes seldom and is asked at every call: an older
 * answer, up to a minute, serves once more while the next is fetched. A failure is never remembered and never an answer.
 */
export function makeBatchedQuestions(deps: BatchedQuestionsDeps): WordPressQuestions {
  const { clock, freshMs = FRESH_MS, staleMs = STALE_MS } = deps;
  const batch = makeQuestionBatch(deps.send);
  const answers = new LRUCache<string, Answer>({ max: MAX_ANSWERS });
  const asking = new Map<string, Promise<boolean>>();

  /** What was answered no longer than `limit` ago; a clock that went back makes nothing young. */
  function known(key: string, limit: number): boolean | undefined {
    const answer = answers.get(key);
    const age = answer === undefined ? Number.NaN : clock.now().getTime() - answer.askedAt;
    return age >= 0 && age <= limit ? answer?.value : undefined;
  }

  function fetch(key: string, userId: WpUserId, check?: CapabilityQuestion): Promise<boolean> {
    const shared = asking.get(key);
    if (shared !== undefined) return shared;
    const askedAt = clock.now().getTime();
    const asked = batch.add(userId, check).then((value) => {
      answers.set(key, { value, askedAt });
      return value;
    });
    asking.set(key, asked);
    const done = (): boolean => asking.delete(key);
    asked.then(done, done);
    return asked;
  }

  return {
    ask: async (question) => {
      const key = JSON.stringify([question.userId, question.capability, question.objects]);
      return known(key, freshMs) ?? fetch(key, question.userId, question);
    },
    applicationPasswordsAvailable: async (userId) => {
      const key = JSON.stringify([userId]);
      const fresh = known(key, freshMs);
      if (fresh !== undefined) return fresh;
      const next = fetch(key, userId);
      const stale = known(key, staleMs);
      if (stale === undefined) return next;
      // Whoever needs it after the minute asks again and sees the failure.
      next.catch(() => undefined);
      return stale;
    },
  };
}
