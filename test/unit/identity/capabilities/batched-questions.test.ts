import { describe, expect, it } from '@jest/globals';
import { ChaperoneError } from '../../../../src/kernel/errors.js';
import {
  makeBatchedQuestions,
  type BridgeAnswer,
  type BridgeQuestion,
} from '../../../../src/identity/capabilities/index.js';
import { userId } from '../../../support/fakes/fake-wordpress-users.js';

/** WordPress as these tests need it: even objects may be edited, users above 1,000 don't exist. */
function setup() {
  const world = {
    now: 1_000_000,
    requests: [] as (readonly BridgeQuestion[])[],
    available: true,
    reply: undefined as undefined | ((questions: readonly BridgeQuestion[]) => Promise<readonly BridgeAnswer[]>),
  };
  const questions = makeBatchedQuestions({
    clock: { now: () => new Date(world.now) },
    send: (asked) => {
      world.requests.push(asked);
      if (world.reply !== undefined) return world.reply(asked);
      return Promise.resolve(
        asked.map(({ userId: user, checks }) => ({
          exists: user <= 1_000,
          applicationPasswordsAvailable: world.available,
          checks: checks.map(({ objects }) => (objects[0] ?? 0) % 2 === 0),
        })),
      );
    },
  });
  const edit = (user: number, post: number) =>
    questions.ask({ userId: userId(user), capability: 'edit_post', objects: [post] });
  const available = (user = 7) => questions.applicationPasswordsAvailable(userId(user));
  const later = (ms: number): void => {
    world.now += ms;
  };
  return { world, edit, available, later };
}

describe('batching', () => {
  it('questions of one moment travel in one request, equal ones once', async () => {
    const { world, edit, available } = setup();
    expect(await Promise.all([edit(7, 2), edit(7, 3), edit(7, 2), edit(8, 4), available(7), available(9)])).toEqual([
      true,
      false,
      true,
      true,
      true,
      true,
    ]);
    expect(world.requests).toEqual([
      [
        {
          userId: 7,
          checks: [
            { capability: 'edit_post', objects: [2] },
            { capability: 'edit_post', objects: [3] },
          ],
        },
        { userId: 8, checks: [{ capability: 'edit_post', objects: [4] }] },
        { userId: 9, checks: [] },
      ],
    ]);
  });

  it('keeps to 50 checks a question and 100 questions a request', async () => {
    const { world, edit } = setup();
    const posts = Array.from({ length: 120 }, (_, n) => n);
    const users = Array.from({ length: 150 }, (_, n) => n + 100);
    const answers = await Promise.all([...posts.map((post) => edit(7, post)), ...users.map((user) => edit(user, 1))]);
    expect(answers).toEqual([...posts.map((post) => post % 2 === 0), ...users.map(() => false)]);
    expect(world.requests.map((request) => request.length)).toEqual([100, 53]);
    expect(Math.max(...world.requests.flat().map(({ checks }) => checks.length))).toBe(50);
  });

  it('an unknown user may nothing', async () => {
    const { edit, available } = setup();
    expect(await Promise.all([edit(1_001, 2), available(1_001)])).toEqual([false, false]);
  });
});

describe('how long an answer counts', () => {
  it('a capability: five seconds from the moment of asking', async () => {
    const { world, edit, later } = setup();
    for (const [pause, requests] of [
      [0, 1],
      [5_000, 1],
      [1, 2],
      [-10, 3],
    ] as const) {
      later(pause);
      expect(await edit(7, 2)).toBe(true);
      expect(world.requests).toHaveLength(requests);
    }
  });

  it('the time WordPress took to answer counts', async () => {
    const { world, edit, later } = setup();
    world.reply = (asked) => {
      later(4_000);
      return Promise.resolve(
        asked.map(({ checks }) => ({
          exists: true,
          applicationPasswordsAvailable: true,
          checks: checks.map(() => true),
        })),
      );
    };
    await edit(7, 2);
    later(2_000);
    await edit(7, 2);
    expect(world.requests).toHaveLength(2);
  });

  it('application passwords: up to a minute while the next answer is fetched, then not', async () => {
    const { world, available, later } = setup();
    expect(await available()).toBe(true);
    world.available = false;
    later(30_000);
    expect(await available()).toBe(true);
    await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
    expect(world.requests).toHaveLength(2);
    expect(await available()).toBe(false);
    later(60_001);
    world.available = true;
    expect(await available()).toBe(true);
    expect(world.requests).toHaveLength(3);
  });
});

describe('failures', () => {
  const down = () => Promise.reject(new Error('connection refused'));

  it('are upstream_unavailable for everybody who waits, and are not remembered', async () => {
    const { world, edit, available } = setup();
    world.reply = down;
    const outcomes = await Promise.allSettled([edit(7, 2), edit(8, 2), available()]);
    for (const outcome of outcomes)
      expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'upstream_unavailable' } });
    world.reply = undefined;
    expect(await edit(7, 2)).toBe(true);
  });

  it('keep their own words when they have them', async () => {
    const { world, edit } = setup();
    const error = new ChaperoneError('upstream_unavailable', { detail: 'slow' });
    world.reply = () => Promise.reject(error);
    await expect(edit(7, 2)).rejects.toBe(error);
  });

  it('an old answer about application passwords outlives them for a minute and no longer', async () => {
    const { world, available, later } = setup();
    await available();
    world.reply = down;
    later(60_000);
    expect(await available()).toBe(true);
    later(1);
    await expect(available()).rejects.toMatchObject({ code: 'upstream_unavailable' });
  });

  const fine = { exists: true, applicationPasswordsAvailable: true, checks: [true] };
  it.each<[string, unknown]>([
    ['too few answers', []],
    ['too many answers', [fine, fine]],
    ['too few checks', [{ ...fine, checks: [] }]],
    ['a check that is no boolean', [{ ...fine, checks: [1] }]],
    ['no word about existence', [{ checks: [true], applicationPasswordsAvailable: true }]],
    ['no object', [null]],
  ])('%s is no answer', async (_what, answers) => {
    const { world, edit } = setup();
    world.reply = () => Promise.resolve(answers as readonly BridgeAnswer[]);
    await expect(edit(7, 2)).rejects.toMatchObject({ code: 'upstream_unavailable' });
  });
});
