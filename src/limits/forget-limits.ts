import { inRounds } from '../kernel/rounds.js';
import type { LimitStore } from './limit-store.js';

const AT_A_TIME = 1_000;
/** Of those that were looked at. Fewer are worth no further look before the next sweep. */
const MANY = 100;

/**
 * Forgets what counts no more, and goes on while it finds much of it. Strangers make rows too, one for each network and each account
 * that they guess at; they make no more than are forgotten again.
 */
export const makeForgetLimits =
  (limits: Pick<LimitStore, 'purge'>): (() => Promise<number>) =>
  () =>
    inRounds(() => limits.purge(AT_A_TIME), { enough: MANY });
