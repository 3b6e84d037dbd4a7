import type { CallAnswer } from '../../../src/execution/submit-call.js';
import type { Json, JsonObject } from '../../../src/kernel/json.js';

/** What a refusal says for programs to read. */
interface Hint {
  readonly at?: string;
  readonly retryAfter?: number;
  readonly leaveOut?: string;
  readonly rewrite?: string;
  readonly change?: readonly string[];
  readonly statuses?: readonly string[];
  readonly administrator?: string;
}

interface ToldFinding {
  readonly rule: string;
  readonly effect: string;
  readonly code: string;
  readonly unlock?: Hint;
}

export interface World {
  readonly submit: (args: JsonObject) => Promise<CallAnswer>;
  /** Lets time pass until then. */
  readonly waitUntil: (instant: Date) => void;
  readonly now: () => Date;
  /** Whether people approve what waits for them. */
  readonly approve: (approvalId: string) => Promise<boolean>;
}

export interface Journey {
  readonly end: 'executed' | 'approved' | 'stuck' | 'lost';
  readonly tries: number;
  /** Findings that refused without saying what would help. */
  readonly silent: readonly ToldFinding[];
}

const MOST_TRIES = 8;
const HARMLESS = 'Bread and butter';

/**
 * A program that knows nothing of the policy: it does what each refusal names and tries again. It waits, leaves out,
 * rewrites, chooses what is offered, or asks people; where only an administrator could help, it is stuck.
 */
export async function followHints(world: World, asked: JsonObject): Promise<Journey> {
  const silent: ToldFinding[] = [];
  let args = asked;
  for (let tries = 1; tries <= MOST_TRIES; tries += 1) {
    const { status, body } = await world.submit(args);
    if (status === 200) return { end: 'executed', tries, silent };
    if (status === 202) {
      const { id } = body['approval'] as { id: string };
      return { end: (await world.approve(id)) ? 'approved' : 'stuck', tries, silent };
    }
    const refusals = (body['findings'] as unknown as readonly ToldFinding[]).filter(({ effect }) => effect === 'deny');
    silent.push(...refusals.filter(({ unlock }) => unlock === undefined || Object.keys(unlock).length === 0));
    const hints = refusals.flatMap(({ unlock }) => (unlock === undefined ? [] : [unlock]));
    if (hints.length === 0 || hints.some(({ administrator }) => administrator !== undefined)) {
      return { end: 'stuck', tries, silent };
    }
    args = mended(args, hints);
    waitAsTold(world, hints);
  }
  return { end: 'lost', tries: MOST_TRIES, silent };
}

function waitAsTold(world: World, hints: readonly Hint[]): void {
  const instants = hints.flatMap(({ at, retryAfter }) => {
    if (retryAfter !== undefined) return [world.now().getTime() + retryAfter * 1_000];
    return at === undefined ? [] : [Date.parse(at)];
  });
  if (instants.length > 0) world.waitUntil(new Date(Math.max(...instants)));
}

function mended(args: JsonObject, hints: readonly Hint[]): JsonObject {
  const next = new Map<string, Json>(Object.entries(args));
  const offered = hints.flatMap(({ statuses }) => (statuses === undefined ? [] : [statuses]));
  for (const { leaveOut, rewrite, change } of hints) {
    for (const pointer of leaveOut === undefined ? (change ?? []) : [leaveOut]) next.delete(memberOf(pointer));
    if (rewrite !== undefined) next.set(memberOf(rewrite), HARMLESS);
  }
  const status = offered[0]?.find((one) => offered.every((list) => list.includes(one)));
  if (status !== undefined) next.set('status', status);
  return Object.fromEntries(next);
}

/** The argument that a pointer leads into. */
function memberOf(pointer: string): string {
  return pointer.split('/')[1] ?? '';
}
