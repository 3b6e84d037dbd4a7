import { createHash } from 'node:crypto';
import { Redis } from 'ioredis';
import { ChaperoneError } from '../kernel/errors.js';
import type { Secret } from '../kernel/secret.js';
import { emptyHistory, groupSizeOf, nowFor } from './admission.js';
import { ATTEMPTS, pauseBefore } from './attempts.js';
import { consumeScript, REPLACE_SCRIPT, SERVER_CLOCK } from './consume-script.redis.js';
import { limitId } from './keys.js';
import { checkDemands, type LimitDemand, type LimitStore, type LimitVerdict } from './limit-store.js';
import { refit, type KeptHistory } from './refit.js';
import { foreseen, nothingDemanded, verdictOf, type Outcome } from './verdict.js';
import { edgesAround, SECOND, type Micros } from './window.js';

export interface RedisLimitStoreOptions {
  /** `redis://:password@host:port/0`, or `rediss:` for TLS. */
  readonly url: Secret<string>;
  /** Keeps the sites of one server apart: the database's name and table prefix, say. */
  readonly namespace: string;
  /** About the time, in microseconds: spares the first call under a calendar window a second round trip. */
  readonly near?: Micros;
  /** Lua for the microseconds since the epoch. Tests give one that they can set. */
  readonly clock?: string;
}

const CONNECT_TIMEOUT_MS = 3_000;
const COMMAND_TIMEOUT_MS = 3_000;

/** A script's reply, read. `decided` says for each demand whether its state and its calendar windows could be used. */
interface Reply {
  readonly admitted: boolean;
  readonly clock: Micros;
  readonly decided: readonly boolean[];
  readonly texts: readonly string[];
}

/**
 * Limits in Redis or Valkey, by its clock: each decision is one run of one script. All keys share a hash tag, so a cluster
 * keeps them in one place. What survives a crash of the server is up to its `appendfsync`.
 * Commands are not sent again by themselves, for a repeated one would count twice.
 */
export function redisLimitStore(options: RedisLimitStoreOptions): LimitStore {
  const script = consumeScript(options.clock ?? SERVER_CLOCK);
  const tag = createHash('sha256').update(options.namespace).digest('hex').slice(0, 16);
  const redis = openRedis(options.url);
  let near = options.near ?? 0;
  const keyOf = ({ rule, key }: LimitDemand): string =>
    `{chaperone:${tag}}:limit:${limitId(rule, key).toString('hex')}`;
  const decide = async (demands: readonly LimitDemand[], peek: boolean): Promise<LimitVerdict> => {
    const keys = demands.map(keyOf);
    let nears = demands.map(() => near);
    let groupSizes = demands.map(({ limit }) => groupSizeOf(limit));
    for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
      const args = demands.flatMap((demand, index) =>
        argumentsOf(demand, groupSizes[index] ?? 1, nears[index] ?? near),
      );
      const reply = readReply(await runScript(redis, script, keys, [peek ? '0' : '1', ...args]), demands.length);
      near = reply.clock;
      const kept = reply.texts.map((text, index) => keptFrom(text, groupSizes[index] ?? 1));
      const outcomes = demands.map((demand, index) => outcomeOf(demand, kept[index], reply.clock));
      if (peek) return foreseen(outcomes, reply.clock);
      if (reply.decided.every((decided) => decided)) return verdictOf(reply.admitted, outcomes, reply.clock);
      await pauseBefore(attempt + 1);
      nears = outcomes.map(({ now }) => now);
      groupSizes = await Promise.all(
        demands.map((demand, index) =>
          refitState(redis, keys[index] ?? '', demand, kept[index], reply, reply.texts[index] ?? ''),
        ),
      );
    }
    throw new Error('limits could not be decided');
  };
  return {
    async consume(demands, { peek = false } = {}) {
      checkDemands(demands);
      if (demands.length === 0) return nothingDemanded(near);
      try {
        return await decide(demands, peek);
      } catch (error) {
        throw error instanceof RangeError ? error : new ChaperoneError('database_unavailable', { cause: error });
      }
    },
    /** States expire by themselves. */
    purge: () => Promise.resolve(0),
    async close() {
      if (redis.status === 'ready') await redis.quit();
      redis.disconnect();
    },
  };
}

function openRedis(url: Secret<string>): Redis {
  const redis = new Redis(url.reveal(), {
    connectTimeout: CONNECT_TIMEOUT_MS,
    commandTimeout: COMMAND_TIMEOUT_MS,
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
    retryStrategy: (times) => Math.min(times * 100, 2_000),
  });
  /** Each failure reaches the call that it fails. */
  redis.on('error', () => undefined);
  return redis;
}

/** One round trip; a second one when the server doesn't know the script, which it then hasn't run. */
async function runScript(
  redis: Redis,
  script: string,
  keys: readonly string[],
  args: readonly string[],
): Promise<unknown> {
  const sha = createHash('sha1').update(script).digest('hex');
  try {
    return await redis.evalsha(sha, keys.length, ...keys, ...args);
  } catch (error) {
    if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT')) throw error;
    return redis.eval(script, keys.length, ...keys, ...args);
  }
}

function argumentsOf({ limit, window }: LimitDemand, groupSize: number, near: Micros): readonly string[] {
  const frame = window.kind === 'rolling' ? [window.seconds * SECOND, 0, 0, 0, 0] : [0, ...edgesAround(window, near)];
  return [limit, groupSize, ...frame].map((value) => String(value));
}

function readReply(reply: unknown, demands: number): Reply {
  if (!Array.isArray(reply) || reply.length !== 2 + 2 * demands) throw new Error('the script of limits answered oddly');
  const values: readonly unknown[] = reply;
  const pairs = Array.from({ length: demands }, (_, index) => [values[2 + 2 * index], values[3 + 2 * index]] as const);
  return {
    admitted: values[0] === 1,
    clock: Number(values[1]),
    decided: pairs.map(([decided]) => decided === 1),
    texts: pairs.map(([, text]) => String(text)),
  };
}

function keptFrom(text: string, groupSize: number): KeptHistory {
  if (text === '') return { history: emptyHistory(groupSize), keepUntil: 0 };
  const [size = groupSize, filled = 0, keepUntil = 0, ...stamps] = text.split(' ').map(Number);
  return { history: { groupSize: size, filled, stamps }, keepUntil };
}

function outcomeOf(demand: LimitDemand, kept: KeptHistory | undefined, clock: Micros): Outcome {
  if (kept === undefined) throw new Error('the script of limits left a state out');
  return { demand, history: kept.history, now: nowFor(kept.history, clock) };
}

/**
 * Refits a state to a demand whose limit was changed, and answers in what groups it is now. When somebody else was quicker,
 * nothing is replaced, and the next attempt sees what they made.
 */
async function refitState(
  redis: Redis,
  key: string,
  demand: LimitDemand,
  kept: KeptHistory | undefined,
  reply: Reply,
  text: string,
): Promise<number> {
  if (kept === undefined || text === '') return groupSizeOf(demand.limit);
  const { groupSize, filled, stamps } = refit(kept, demand, reply.clock);
  if (groupSize !== kept.history.groupSize)
    await redis.eval(REPLACE_SCRIPT, 1, key, text, [groupSize, filled, kept.keepUntil, ...stamps].join(' '));
  return groupSize;
}
