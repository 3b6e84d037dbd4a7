import type { Clock } from '../../kernel/clock.js';
import { ChaperoneError } from '../../kernel/errors.js';

/** Something of the issuer's that is asked for once and kept for a while. */
export interface Kept<T> {
  /** What is kept, or loaded when it is too old. @throws issuer_unavailable */
  get(): Promise<T>;
  /** How often it was loaded until now. */
  loads(): number;
  /**
   * What was loaded after the first `seen` times; when that is nothing, it is loaded anew, unless that was tried a moment ago: then undefined.
   * @throws issuer_unavailable
   */
  renew(seen: number): Promise<T | undefined>;
}

/** After a failure nobody is asked for this long. */
const PAUSE_AFTER_FAILURE_MS = 5_000;
/** Whoever sends tokens can cause one load in this time, however many they send. */
const RENEW_AT_MOST_EVERY_MS = 30_000;

export const issuerUnavailable = (cause: unknown): ChaperoneError =>
  new ChaperoneError('issuer_unavailable', { retryAfter: PAUSE_AFTER_FAILURE_MS / 1_000, cause });

/**
 * One load at a time, whoever asks meanwhile waits for it. A failure isn't kept, but for a short while it is the answer: an issuer
 * that is down isn't asked once per request. What is older than `maxAgeMs` is never handed out.
 */
export function makeKept<T>(deps: {
  readonly load: () => Promise<T>;
  readonly clock: Clock;
  readonly maxAgeMs: number;
}): Kept<T> {
  let kept: { readonly value: T; readonly at: number } | undefined;
  let failure: { readonly error: ChaperoneError; readonly at: number } | undefined;
  let renewedAt = -Infinity;
  let loads = 0;
  let loading: Promise<T> | undefined;
  const now = (): number => deps.clock.now().getTime();
  const loaded = async (): Promise<T> => {
    try {
      const value = await deps.load();
      kept = { value, at: now() };
      loads += 1;
      failure = undefined;
      return value;
    } catch (cause) {
      const error = issuerUnavailable(cause);
      failure = { error, at: now() };
      throw error;
    } finally {
      loading = undefined;
    }
  };
  const load = (): Promise<T> => {
    if (failure !== undefined && now() - failure.at < PAUSE_AFTER_FAILURE_MS) return Promise.reject(failure.error);
    loading ??= loaded();
    return loading;
  };
  return {
    get: () => (kept !== undefined && now() - kept.at < deps.maxAgeMs ? Promise.resolve(kept.value) : load()),
    loads: () => loads,
    async renew(seen) {
      if (kept !== undefined && loads > seen) return kept.value;
      if (loading !== undefined) return loading;
      const passed = now() - renewedAt;
      // A clock that was set back makes nobody wait longer.
      if (passed >= 0 && passed < RENEW_AT_MOST_EVERY_MS) {
        if (failure !== undefined) throw failure.error;
        return undefined;
      }
      // A renewal that fails counts too.
      renewedAt = now();
      return load();
    },
  };
}
