import type { Clock } from '../../kernel/clock.js';
import { PURGE_GRACE_SECONDS, type NonceStore } from './nonce-store.js';

/** Few enough at a time that nobody who spends one waits long, and rounds enough for 1,000 signed requests a second. */
const AT_A_TIME = 1_000;
const ROUNDS = 50;

/** Forgets nonces that no signature can use any more, until none is left or the next sweep will go on; answers how many. */
export function makeForgetNonces(deps: {
  readonly nonces: Pick<NonceStore, 'purge'>;
  readonly clock: Clock;
}): () => Promise<number> {
  return async () => {
    const before = new Date(deps.clock.now().getTime() - PURGE_GRACE_SECONDS * 1_000);
    let forgotten = 0;
    for (let round = 0; round < ROUNDS; round += 1) {
      const now = await deps.nonces.purge(before, AT_A_TIME);
      forgotten += now;
      if (now < AT_A_TIME) break;
    }
    return forgotten;
  };
}
