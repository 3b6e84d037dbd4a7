import { setTimeout as sleep } from 'node:timers/promises';

/** How often a call is decided anew after a deadlock, a changed limit, or a clock far from what was expected. */
export const ATTEMPTS = 12;
const SHORTEST_MS = 4;
const LONGEST_MS = 250;

/**
 * Waits before an attempt after the second one, longer each time and never as long as anybody else: two replicas that hold
 * different limits for one rule, as for a moment when a policy is activated, would otherwise undo each other's grouping for ever.
 */
export async function pauseBefore(attempt: number): Promise<void> {
  if (attempt > 2) await sleep(Math.random() * Math.min(LONGEST_MS, SHORTEST_MS * 2 ** attempt));
}
