import { setTimeout as pause } from 'node:timers/promises';
import type { ApprovalId } from '../../../../src/kernel/ids.js';
import type { JsonObject } from '../../../../src/kernel/json.js';
import { ChaperoneError } from '../../../../src/kernel/errors.js';
import type { AttackWorld } from './world.js';
import type { Draw } from '../../../../dev/draws.js';

/** The code of the refusal; `ok` when there was none. */
export async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return 'ok';
  } catch (error) {
    if (error instanceof ChaperoneError) return error.code;
    throw error;
  }
}

export interface Ballot {
  readonly args?: JsonObject;
  readonly inNameOf?: number;
  readonly rememberSeconds?: number;
}

export const vote = (world: AttackWorld, id: ApprovalId, who: number, ballot: Ballot = {}): Promise<string> => {
  const { inNameOf, ...rest } = ballot;
  const name = inNameOf === undefined ? {} : { inNameOf: world.id(inNameOf) };
  return codeOf(world.useCases.approve({ id, principal: world.as(who), note: null, ...rest, ...name }));
};

/** All at the same instant, in an order of chance. */
export function together(roll: Draw, moves: readonly (() => Promise<unknown>)[]): Promise<readonly unknown[]> {
  const waiting = [...moves];
  const started: Promise<unknown>[] = [];
  while (waiting.length > 0) {
    const [next] = waiting.splice(roll(waiting.length), 1);
    if (next !== undefined) started.push(next());
  }
  return Promise.all(started);
}

/** A vote that must be refused with this code, whatever else would stop the call later. */
export async function refusedVote(world: AttackWorld, id: ApprovalId, who: number, code: string, ballot: Ballot = {}) {
  const said = await vote(world, id, who, ballot);
  if (said !== code && said !== 'approval_resolved') world.breaches.push(`a vote was answered ${said}, not ${code}`);
}

/** A little later, so that races are lost now by one side and now by the other. */
export const delayed =
  <T>(roll: Draw, move: () => Promise<T>, atMostMs = 30): (() => Promise<T>) =>
  async () => {
    await pause(roll(atMostMs));
    return move();
  };

export const give = (world: AttackWorld, from: number, to: number, seconds = 3_600) =>
  world.useCases.delegate({
    principal: world.as(from),
    to: world.loginOf(to),
    startsAt: null,
    endsAt: new Date(world.now.getTime() + seconds * 1_000),
    note: null,
  });

/** A change that was approved once and is remembered for an hour; what it did is in the runs. */
export async function remembered(world: AttackWorld, args: JsonObject = { id: 12, title: 'Asked', status: 'draft' }) {
  const id = await world.hold(args);
  const said = await vote(world, id, 1, { rememberSeconds: 3_600 });
  const [grant] = await world.replica.stores.grants.forCall(
    { agentId: world.agentId, tool: 'posts.update', target: 'post 12' },
    world.now,
  );
  if (grant === undefined) throw new Error(`nothing was remembered: ${said}`);
  return grant;
}
