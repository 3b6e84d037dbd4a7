import { beforeEach, describe, expect, it } from '@jest/globals';
import type { WpReply } from '../../../src/execution/wordpress/wp-client.js';
import { LOST_AFTER_MS, makeSettleLostCalls } from '../../../src/execution/settle-lost-calls.js';
import { ChaperoneError } from '../../../src/kernel/errors.js';
import { answered } from '../../support/fakes/fake-execution.js';
import { AGENT, Governed, POST } from './governed-call.js';

let call: Governed;
beforeEach(() => {
  call = new Governed();
});

const UPDATE = { tool: 'posts.update', args: { id: 12, title: 'y' } };
const FIELDS = { tool: 'posts.update', args: { id: 12, meta: { rating: 'five' } } };
const READ = { tool: 'posts.list', args: {} };

/** Request, reply to it, HTTP status, code, the call's state. */
const ENDS: readonly (readonly [
  string,
  typeof UPDATE | typeof FIELDS | typeof READ,
  WpReply,
  number,
  string,
  string,
])[] = [
  ['refused', UPDATE, answered(400, { code: 'empty_content', message: 'Empty.' }), 502, 'upstream_refused', 'failed'],
  ['not sent', UPDATE, { kind: 'unreachable', reason: 'ECONNREFUSED' }, 502, 'upstream_unavailable', 'failed'],
  ['lost', UPDATE, { kind: 'lost', reason: 'ECONNRESET' }, 504, 'outcome_unknown', 'unknown'],
  ['a 500', UPDATE, answered(500, { code: 'internal_server_error', message: '' }), 504, 'outcome_unknown', 'unknown'],
  ['a 501', UPDATE, answered(501, { code: 'rest_trash_not_supported' }), 502, 'upstream_refused', 'failed'],
  ['a wrong custom field', FIELDS, answered(400, { code: 'rest_invalid_type' }), 504, 'outcome_unknown', 'unknown'],
  ['no right to a field', FIELDS, answered(403, { code: 'rest_cannot_update' }), 504, 'outcome_unknown', 'unknown'],
  ['no right to the post', FIELDS, answered(403, { code: 'rest_cannot_edit' }), 502, 'upstream_refused', 'failed'],
  ['delivered twice', UPDATE, answered(401, { code: 'signature_replayed' }), 504, 'outcome_unknown', 'unknown'],
  ['a redirect', UPDATE, answered(301, null), 502, 'upstream_refused', 'failed'],
  ['something else', UPDATE, answered(200, { error: 'blocked' }), 504, 'outcome_unknown', 'unknown'],
  ['a lost read', READ, { kind: 'lost', reason: 'ECONNRESET' }, 502, 'upstream_unavailable', 'failed'],
  ['a 500 for a read', READ, answered(500, null), 502, 'upstream_unavailable', 'failed'],
  ['something else for a read', READ, answered(200, { a: 1 }), 502, 'upstream_unavailable', 'failed'],
];

describe('what a call ends with when WordPress', () => {
  it.each(ENDS)('%s', async (_name, request, reply, status, code, state) => {
    call.reply = ({ method, route }) => (method === 'GET' && route.endsWith('/12') ? answered(200, POST) : reply);
    const answer = await call.submit(request, 'key');
    expect(answer).toMatchObject({ status, body: { code, callId: answer.callId } });
    expect(await call.world.calls.get(answer.callId)).toMatchObject({ state, answer: { status } });
    expect(call.world.entries.at(-1)).toMatchObject({ kind: 'call.outcome', outcome: state, code });
    expect(call.world.entries.map(({ kind }) => kind)).toEqual(['call.decision', 'call.intent', 'call.outcome']);
    const again = await call.submit(request, 'key');
    expect(again).toEqual({ ...answer, replayed: true });
  });

  it("is never reached because its key can't be read", async () => {
    call.reply = () => Promise.reject(new ChaperoneError('database_unavailable'));
    const answer = await call.submit();
    expect(answer).toMatchObject({ status: 502, body: { code: 'upstream_unavailable' } });
    expect(call.world.entries.at(-1)).toMatchObject({ outcome: 'failed', detail: { reason: 'database_unavailable' } });
  });
});

describe("an outcome that can't be written down", () => {
  const failing = (times: number) => {
    let left = times;
    call.world.beforeCommit = (kinds) => {
      if (kinds.includes('call.outcome') && left-- > 0) throw new Error('the connection broke');
    };
  };

  it('is tried again with growing pauses', async () => {
    failing(3);
    expect((await call.submit()).status).toBe(200);
    expect(call.waits).toEqual([50, 200, 1_000]);
    expect(call.world.entries.at(-1)).toMatchObject({ outcome: 'succeeded' });
    expect(call.world.events.filter((event) => event.startsWith('POST'))).toHaveLength(1);
  });

  it('in the end is unknown to the caller, and the row keeps running until it is settled', async () => {
    failing(4);
    expect(await call.refusal({}, 'key')).toBe('outcome_unknown');
    expect(await call.refusal({}, 'key')).toBe('idempotency_in_progress');
    expect(call.world.entries.map(({ kind }) => kind)).toEqual(['call.decision', 'call.intent']);
    expect(call.world.events.filter((event) => event.startsWith('POST'))).toHaveLength(1);
  });

  it('is not written twice when the first writing came through and only its answer got lost', async () => {
    let once = true;
    call.world.afterCommit = (kinds) => {
      if (!kinds.includes('call.outcome') || !once) return;
      once = false;
      throw new Error('the connection broke');
    };
    expect((await call.submit()).status).toBe(200);
    expect(once).toBe(false);
    expect(call.world.entries.filter(({ kind }) => kind === 'call.outcome')).toHaveLength(1);
  });
});

describe('calls whose process died', () => {
  const settle = () =>
    makeSettleLostCalls({
      calls: call.world.calls,
      inTransaction: call.world.inTransaction,
      clock: call.world.clock,
    })();
  const later = (milliseconds: number) => {
    call.world.now = new Date(call.world.now.getTime() + milliseconds);
  };

  it('are unknown from then on, with an entry each, and their first answer says so', async () => {
    const { id } = await call.leaveRunning({ idempotencyKey: 'key' });
    later(LOST_AFTER_MS + 1);
    expect(await settle()).toBe(1);
    expect(call.world.entries).toMatchObject([
      {
        kind: 'call.outcome',
        callId: id,
        outcome: 'unknown',
        code: 'outcome_unknown',
        actor: { userId: 7, agentId: AGENT, credential: null },
      },
    ]);
    expect(await call.submit({}, 'key')).toMatchObject({ status: 504, replayed: true, callId: id });
    expect(await settle()).toBe(0);
  });

  it('are left alone while they may still be running', async () => {
    await call.leaveRunning();
    later(LOST_AFTER_MS);
    expect(await settle()).toBe(0);
    expect(call.world.entries).toEqual([]);
  });

  it('stay as they are when the entry can not be written', async () => {
    const { id } = await call.leaveRunning();
    later(LOST_AFTER_MS + 1);
    call.world.beforeCommit = () => {
      throw new Error('the disk is full');
    };
    await expect(settle()).rejects.toThrow('the disk is full');
    expect(await call.world.calls.get(id)).toMatchObject({ state: 'running' });
  });

  it('two sweepers settle one call once', async () => {
    await call.leaveRunning();
    later(LOST_AFTER_MS + 1);
    expect((await Promise.all([settle(), settle()])).sort()).toEqual([0, 1]);
    expect(call.world.entries).toHaveLength(1);
  });

  it('an outcome that comes after that adds no second one', async () => {
    call.reply = async () => {
      later(LOST_AFTER_MS + 1);
      await settle();
      return answered(201, POST);
    };
    const { callId } = await call.submit();
    expect(call.world.entries.filter(({ kind }) => kind === 'call.outcome')).toHaveLength(1);
    expect(await call.world.calls.get(callId)).toMatchObject({ state: 'unknown' });
  });
});
