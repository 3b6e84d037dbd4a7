import type { WpClient, WpReply } from './wp-client.js';

/** Requests in a row that nobody answered, until no more are sent for a while. */
const FAILURES = 8;
const FIRST_REST_MS = 2_000;
const LONGEST_REST_MS = 16_000;

/** Nothing at the other end: neither WordPress nor a server before it said anything. A wrong answer is an answer. */
const isSilence = (reply: WpReply): boolean =>
  reply.kind === 'unreachable' || (reply.kind === 'lost' && reply.answered !== true);

/**
 * A circuit breaker around the way to WordPress. While nobody answers there, calls are refused at once instead of each waiting
 * for its own deadline, and a site that comes back isn't met by all that has piled up: after a rest one request tries it, and
 * the others follow when that one was answered. What isn't sent is `unreachable`: nothing was done. `elapsed`: milliseconds since some
 * moment, which no setting of the clock changes (performance.now).
 */
export function withCircuit(client: WpClient, elapsed: () => number): WpClient {
  let failures = 0;
  let restMs = FIRST_REST_MS;
  let openUntil: number | undefined;
  let isTrying = false;
  const refusal = (until: number): WpReply => ({
    kind: 'unreachable',
    reason: 'nobody answered there lately; it is tried again soon',
    retryAfterSeconds: Math.max(1, Math.ceil((until - elapsed()) / 1_000)),
  });
  const note = (reply: WpReply): void => {
    if (!isSilence(reply)) {
      failures = 0;
      restMs = FIRST_REST_MS;
      openUntil = undefined;
      return;
    }
    failures += 1;
    if (failures < FAILURES) return;
    const wasOpen = openUntil !== undefined;
    if (wasOpen && !isTrying) return;
    restMs = wasOpen ? Math.min(restMs * 2, LONGEST_REST_MS) : FIRST_REST_MS;
    openUntil = elapsed() + restMs;
  };
  return {
    async send(request) {
      if (openUntil !== undefined) {
        if (isTrying || elapsed() < openUntil) return refusal(openUntil);
        isTrying = true;
        try {
          const reply = await client.send(request);
          note(reply);
          return reply;
        } finally {
          isTrying = false;
        }
      }
      const reply = await client.send(request);
      note(reply);
      return reply;
    },
  };
}
