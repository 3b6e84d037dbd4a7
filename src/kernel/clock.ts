/** The one source of time. A decision asks it once, so that all of its rules see the same instant. */
export interface Clock {
  /** The present instant. */
  now(): Date;
}

export const systemClock: Clock = { now: () => new Date() };

/** Whole seconds since the epoch, as signatures and tokens count time. */
export function unixSeconds(instant: Date): number {
  return Math.floor(instant.getTime() / 1000);
}
