import type { Clock } from '../../kernel/clock.js';
import { inRounds } from '../../kernel/rounds.js';
import { PURGE_GRACE_SECONDS, type NonceStore } from './nonce-store.js';

/** Few enough at a time that nobody who spends one waits long, and rounds enough for 1,000 signed requests a second. */
const AT_A_TIME = 1_000;
const ROUNDS = 50;
/** Longer than any signature lives. */
const STEADY_MS = 15 * 60_000;
/** More than what a clock that is kept right is moved by from sweep to sweep. */
const JUMP_MS = 2_000;

/**
 * Forgets nonces that no signature can use any more, until none is left or the next sweep will go on; answers how many.
 *
 * Property kept: a clock that was wrong for a while makes no nonce forgotten whose signature is good once the clock is right. So
 * nothing is forgotten until the clock has gone as fast as time for longer than a signature lives.
 */
export function makeForgetNonces(deps: {
  readonly nonces: Pick<NonceStore, 'purge'>;
  readonly clock: Clock;
  /** Milliseconds since some moment, which no setting of the clock changes (performance.now). */
  readonly elapsed: () => number;
}): () => Promise<number> {
  let ahead: number | undefined;
  let steadySince = 0;
  const isSteady = (now: number): boolean => {
    const elapsed = deps.elapsed();
    const isFirst = ahead === undefined || Math.abs(now - elapsed - ahead) > JUMP_MS;
    if (isFirst) steadySince = elapsed;
    ahead = now - elapsed;
    return elapsed - steadySince >= STEADY_MS;
  };
  return async () => {
    const now = deps.clock.now().getTime();
    if (!isSteady(now)) return 0;
    const before = new Date(now - PURGE_GRACE_SECONDS * 1_000);
    return inRounds(() => deps.nonces.purge(before, AT_A_TIME), { enough: AT_A_TIME, rounds: ROUNDS });
  };
}
