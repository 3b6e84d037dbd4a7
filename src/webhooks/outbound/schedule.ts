const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** Pauses after the first attempt, the second and so on: the schedule that Standard Webhooks 1.0 recommends. */
const PAUSES_MS = [5 * SECOND, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR, 14 * HOUR, 20 * HOUR, 24 * HOUR];
/** Up to a tenth later, so that what failed together doesn't come again together. */
const JITTER = 0.1;

/** An endpoint that has answered to nothing for so long is switched off. */
export const GIVE_UP_AFTER_MS = 5 * 24 * HOUR;

/** When to try again after so many attempts; undefined after the last one. `chance` is from 0 to 1. */
export function nextAttempt(attempts: number, now: Date, chance: number): Date | undefined {
  const pause = PAUSES_MS[attempts - 1];
  return pause === undefined ? undefined : new Date(now.getTime() + Math.round(pause * (1 + JITTER * chance)));
}
