import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { withAttemptGate, type Attempt, type FailedAttempts } from '../../../src/identity/attempt-gate.js';
import type { PresentedCredential } from '../../../src/identity/presented-credential.js';
import { ChaperoneError } from '../../../src/kernel/errors.js';
import type { WpUserId } from '../../../src/kernel/ids.js';

const basic = (user: string, password: string): string =>
  `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
const RIGHT = basic('admin', 'right');
const WRONG = basic('Admin ', 'wrong');
const presented: PresentedCredential = { userId: 1 as WpUserId, credential: 'application_password' };

function gate(limit = 3) {
  const counted: Attempt[] = [];
  const read: string[] = [];
  const state = { valid: true };
  const failures: FailedAttempts = {
    wait: ({ ip }) => Promise.resolve(counted.filter((each) => each.ip === ip).length >= limit ? 42 : 0),
    add: (attempt) => {
      counted.push(attempt);
      return Promise.resolve();
    },
  };
  const ask = withAttemptGate(
    (authorization: string) => {
      read.push(authorization);
      if (authorization === RIGHT && state.valid) return Promise.resolve(presented);
      return Promise.reject(new ChaperoneError(authorization === 'Bearer down' ? 'overloaded' : 'credentials_invalid'));
    },
    { failures, random: (count) => randomBytes(count) },
  );
  const tried = (authorization: string, ip: string | null = '203.0.113.9'): Promise<string> =>
    ask(authorization, { ip }).then(
      () => 'ok',
      (error: unknown) => (error instanceof ChaperoneError ? error.code : 'thrown'),
    );
  return { tried, counted, read, state, failures };
}

describe('the gate before credentials', () => {
  it('looks at no more once too many were wrong, and hashes nothing', async () => {
    const { tried, read, counted } = gate();
    for (let each = 0; each < 3; each += 1) expect(await tried(WRONG)).toBe('credentials_invalid');
    expect(await tried(WRONG)).toBe('too_many_attempts');
    expect(await tried(RIGHT)).toBe('too_many_attempts');
    expect(read).toHaveLength(3);
    expect(counted[0]).toEqual({ ip: '203.0.113.9', account: 'admin' });
  });

  it('leaves others alone: another address, and a credential that was right before', async () => {
    const { tried } = gate();
    expect(await tried(RIGHT)).toBe('ok');
    for (let each = 0; each < 5; each += 1) await tried(WRONG);
    expect(await tried(WRONG)).toBe('too_many_attempts');
    expect(await tried(RIGHT)).toBe('ok');
    expect(await tried(RIGHT, '203.0.113.10')).toBe('ok');
  });

  it('a credential that stops being right has no privilege left', async () => {
    const { tried, state } = gate();
    expect(await tried(RIGHT)).toBe('ok');
    for (let each = 0; each < 3; each += 1) await tried(WRONG);
    state.valid = false;
    expect(await tried(RIGHT)).toBe('credentials_invalid');
    state.valid = true;
    expect(await tried(RIGHT)).toBe('too_many_attempts');
  });

  it('says when to come back, and counts no failure of ours', async () => {
    const { tried, counted, failures } = gate(0);
    await expect(
      withAttemptGate(() => Promise.resolve(presented), { failures, random: (count) => randomBytes(count) })(RIGHT, {
        ip: null,
      }),
    ).rejects.toMatchObject({ code: 'too_many_attempts', extras: { retryAfter: 42 } });
    expect(counted).toEqual([]);
    const open = gate();
    expect(await open.tried('Bearer down')).toBe('overloaded');
    expect(open.counted).toEqual([]);
    expect(await tried('Bearer x')).toBe('too_many_attempts');
  });

  it('tries nothing when the count can’t be known', async () => {
    const ask = withAttemptGate(() => Promise.resolve(presented), {
      failures: { wait: () => Promise.reject(new Error('away')), add: () => Promise.resolve() },
      random: (count) => randomBytes(count),
    });
    await expect(ask(RIGHT, { ip: '203.0.113.9' })).rejects.toThrow('away');
  });
});
