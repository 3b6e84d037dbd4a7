import { Agent as HttpAgent } from 'node:http';
import { quantile } from '../service/figures.js';
import type { Stack } from '../service/stack.js';
import { broken } from './broken.js';
import { makeSender, type Answer } from './history.js';

const CALLERS = 16;
const TIMES = 10;
const CALM_MS = 3_000;
const RECOVERED_WITHIN_MS = 5_000;

interface Seen {
  readonly perSecond: number;
  /** How long those took that were answered with a decision, in milliseconds. */
  readonly accepted: readonly number[];
  readonly refused: ReadonlyMap<string, number>;
  readonly withoutRetryAfter: number;
}

/** So many callers, each over a connection of its own, none of which rests after an answer or after a refusal. */
async function storm(call: (over: HttpAgent) => Promise<Answer>, callers: number, milliseconds: number): Promise<Seen> {
  const over = new HttpAgent({ keepAlive: true, maxSockets: callers });
  const end = performance.now() + milliseconds;
  const accepted: number[] = [];
  const refused = new Map<string, number>();
  let withoutRetryAfter = 0;
  const refuse = (code: string): void => {
    refused.set(code, (refused.get(code) ?? 0) + 1);
  };
  const caller = async (): Promise<void> => {
    while (performance.now() < end) {
      const begun = performance.now();
      const answer = await call(over).catch(() => undefined);
      if (answer?.status === 200) accepted.push(performance.now() - begun);
      else refuse(typeof answer?.body['code'] === 'string' ? answer.body['code'] : 'no answer');
      if (answer?.status === 503 && answer.retryAfter === null) withoutRetryAfter += 1;
    }
  };
  await Promise.all(Array.from({ length: callers }, caller));
  over.destroy();
  return { perSecond: (accepted.length / milliseconds) * 1_000, accepted, refused, withoutRetryAfter };
}

const words = ({ perSecond, accepted, refused }: Seen): string =>
  `${perSecond.toFixed(0)}/s, p50 ${quantile(accepted, 0.5).toFixed(0)} ms, p99 ${quantile(accepted, 0.99).toFixed(0)} ms; refused: ` +
  ([...refused].map(([code, count]) => `${String(count)} ${code}`).join(', ') || 'none');

/** As long as a caller waits who has anything else to do. */
const ACCEPTED_WITHIN_MS = 10_000;

/** Ten times the callers that it serves well, then silence: what was let in came in time, and soon all is as before. */
export async function overload(stack: Stack, seconds: number): Promise<void> {
  const at = stack.environment['CHAPERONE_LISTEN'] ?? '';
  const sender = makeSender(stack);
  const call = (over: HttpAgent): Promise<Answer> => sender('flood', at, { dryRun: true, over });
  await storm(call, CALLERS, CALM_MS / 3);
  const calm = await storm(call, CALLERS, CALM_MS);
  console.log(`  ${CALLERS} callers: ${words(calm)}`);
  const wild = await storm(call, CALLERS * TIMES, seconds * 1_000);
  console.log(`  ${CALLERS * TIMES} callers: ${words(wild)}; ${wild.withoutRetryAfter} of 503 without Retry-After`);
  const usual = quantile(calm.accepted, 0.99);
  const begun = performance.now();
  const over = new HttpAgent({ keepAlive: false });
  let took = Number.POSITIVE_INFINITY;
  while (took > usual && performance.now() - begun < 4 * RECOVERED_WITHIN_MS) {
    const from = performance.now();
    const isAnswered = await call(over).then(
      ({ status }) => status === 200,
      () => false,
    );
    if (isAnswered) took = performance.now() - from;
  }
  const recovered = performance.now() - begun;
  console.log(`  ${recovered.toFixed(0)} ms later a call takes no longer than before`);
  const isServed = calm.accepted.length > 0 && wild.accepted.length > 0;
  const isInTime = isServed && quantile(wild.accepted, 0.99) < ACCEPTED_WITHIN_MS;
  const codes = [...calm.refused.keys(), ...wild.refused.keys()];
  const isBounded = isInTime && wild.withoutRetryAfter === 0 && codes.every((code) => code === 'overloaded');
  if (!isBounded || !(recovered <= RECOVERED_WITHIN_MS)) {
    broken('what is let in is answered in time, the others are told to come back, and soon all is as before');
  }
}
