import { expect, it } from '@jest/globals';
import { withCircuit } from '../../../../src/execution/wordpress/circuit.js';
import type { WpReply } from '../../../../src/execution/wordpress/wp-client.js';

const SILENT: WpReply = { kind: 'unreachable', reason: 'ECONNREFUSED' };
const SLOW: WpReply = { kind: 'lost', reason: 'no answer in time' };
const BROKEN: WpReply = { kind: 'lost', reason: 'status 500 without readable JSON', answered: true };
const FINE: WpReply = { kind: 'answered', status: 200, body: {}, total: undefined, totalPages: undefined };
const REQUEST = { method: 'GET', route: 'wp/v2/posts' } as const;

function circuit() {
  const state = { reply: FINE, at: 0, sent: 0 };
  const client = withCircuit(
    {
      send: () => {
        state.sent += 1;
        return Promise.resolve(state.reply);
      },
    },
    () => state.at,
  );
  const send = (): Promise<WpReply> => client.send(REQUEST);
  const times = async (count: number, reply: WpReply): Promise<void> => {
    state.reply = reply;
    for (let each = 0; each < count; each += 1) await send();
  };
  return { state, send, times };
}

it.each([
  ['refuses connections', SILENT],
  ['answers nothing in time', SLOW],
])('sends nothing more for a while to a WordPress that %s, and says when', async (_name, reply) => {
  const { state, send, times } = circuit();
  await times(8, reply);
  expect(state.sent).toBe(8);
  expect(await send()).toMatchObject({ kind: 'unreachable', retryAfterSeconds: 2 });
  state.at += 1_500;
  expect(await send()).toMatchObject({ kind: 'unreachable', retryAfterSeconds: 1 });
  expect(state.sent).toBe(8);
});

it('lets one try after the rest; all follow when it was answered', async () => {
  const { state, send, times } = circuit();
  await times(8, SILENT);
  state.at += 2_000;
  state.reply = FINE;
  const [first, second] = await Promise.all([send(), send()]);
  expect([first.kind, second.kind]).toEqual(['answered', 'unreachable']);
  expect((await send()).kind).toBe('answered');
  expect(state.sent).toBe(10);
});

it('rests twice as long each time that one was not answered, up to sixteen seconds', async () => {
  const { state, send, times } = circuit();
  await times(8, SILENT);
  const rests: number[] = [];
  for (let each = 0; each < 5; each += 1) {
    state.at += 60_000;
    const { sent } = state;
    await send();
    expect(state.sent).toBe(sent + 1);
    const refused = await send();
    rests.push(refused.kind === 'unreachable' ? (refused.retryAfterSeconds ?? 0) : 0);
  }
  expect(rests).toEqual([4, 8, 16, 16, 16]);
});

it('takes a wrong answer for an answer, and begins to count anew with it', async () => {
  const { state, send, times } = circuit();
  await times(40, BROKEN);
  expect(state.sent).toBe(40);
  await times(7, SILENT);
  await times(1, BROKEN);
  await times(7, SILENT);
  expect((await send()).kind).toBe('unreachable');
  expect(state.sent).toBe(56);
});
