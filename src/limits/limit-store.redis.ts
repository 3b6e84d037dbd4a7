import { createHash } from 'node:crypto';
import { Redis } from 'ioredis';
import { ChaperoneError } from '../kernel/errors.js';
import type { Secret } from '../kernel/secret.js';
import { emptyHistory, groupSizeOf, nowFor, regroup, type History } from './admission.js';
import { consumeScript, REPLACE_SCRIPT, SERVER_CLOCK } from './consume-script.redis.js';
import { limitId } from './keys.js';
import { checkDemands, type LimitDemand, type LimitStore, type LimitVerdict } from './limit-store.js';
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
/** How often a call is decided anew after a changed limit or an unexpected clock. */
const ATTEMPTS = 6;

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
    for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
      const args = demands.flatMap((demand, index) => argumentsOf(demand, nears[index] ?? near));
      const reply = readReply(await runScript(redis, script, keys, [peek ? '0' : '1', ...args]), demands.length);
      near = reply.clock;
      const histories = reply.texts.map((text, index) => historyFrom(text, groupSizeOf(demands[index]?.limit ?? 1)));
      const outcomes = demands.map((demand, index) => outcomeOf(demand, histories[index], reply.clock));
      if (peek) return foreseen(outcomes, reply.clock);
      if (reply.decided.every((decided) => decided)) return verdictOf(reply.admitted, outcomes, reply.clock);
      nears = outcomes.map(({ now }) => now);
      await Promise.all(
        outcomes.map((outcome, index) => regroupState(redis, keys[index] ?? '', outcome, reply.texts[index] ?? '')),
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

function argumentsOf({ limit, window }: LimitDemand, near: Micros): readonly string[] {
  const frame = window.kind === 'rolling' ? [window.seconds * SECOND, 0, 0, 0, 0] : [0, ...edgesAround(window, near)];
  return [limit, groupSizeOf(limit), ...frame].map((value) => String(value));
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

function historyFrom(text: string, groupSize: number): History {
  if (text === '') return emptyHistory(groupSize);
  const [size = groupSize, filled = 0, ...stamps] = text.split(' ').map(Number);
  return { groupSize: size, filled, stamps };
}

function outcomeOf(demand: LimitDemand, history: History | undefined, clock: Micros): Outcome {
  if (history === undefined) throw new Error('the script of limits left a state out');
  return { demand, history, now: nowFor(history, clock) };
}

/** When somebody else was quicker, nothing is replaced, and the next attempt sees what they made. */
async function regroupState(redis: Redis, key: string, { demand, history }: Outcome, text: string): Promise<void> {
  const groupSize = groupSizeOf(demand.limit);
  if (history.groupSize === groupSize) return;
  const { filled, stamps } = regroup(history, groupSize);
  await redis.eval(REPLACE_SCRIPT, 1, key, text, [groupSize, filled, ...stamps].join(' '));
}
