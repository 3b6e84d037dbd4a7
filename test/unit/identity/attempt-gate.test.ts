import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { withAttemptGate, type Attempt, type FailedAttempts } from '../../../src/identity/attempt-gate.js';
import { UNTRIED } from '../../../src/identity/oauth2/index.js';
import type { PresentedCredential } from '../../../src/identity/presented-credential.js';
import { ChaperoneError } from '../../../src/kernel/errors.js';
import type { KeyId, WpUserId } from '../../../src/kernel/ids.js';

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
    room: ({ ip, keyId }) => {
      const mine = counted.filter((each) => each.ip === ip && each.keyId === keyId);
      const tries = Math.max(0, limit - mine.length);
      return Promise.resolve({ tries, retryAfter: tries === 0 ? 42 : 0 });
    },
    add: (attempt) => {
      counted.push(attempt);
      return Promise.resolve();
    },
  };
  const ask = withAttemptGate(
    (authorization: string) => {
      read.push(authorization);
      if (authorization === RIGHT && state.valid) return Promise.resolve(presented);
      if (authorization === 'Bearer untried')
        return Promise.reject(new ChaperoneError('token_invalid', { cause: UNTRIED }));
      return Promise.reject(new ChaperoneError(authorization === 'Bearer down' ? 'overloaded' : 'credentials_invalid'));
    },
    { failures, random: (count) => randomBytes(count) },
  );
  const tried = (authorization: string, ip: string | null = '203.0.113.9', keyId?: KeyId): Promise<string> =>
    ask(authorization, { ip, ...(keyId === undefined ? {} : { keyId }) }).then(
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
    expect(counted[0]).toEqual({ ip: '203.0.113.9', keyId: null, account: 'admin' });
  });

  it('counts no token that could not be tried, so nobody is shut out who has a new key', async () => {
    const { tried, counted } = gate();
    for (let each = 0; each < 10; each += 1) expect(await tried('Bearer untried')).toBe('token_invalid');
    expect(counted).toEqual([]);
    expect(await tried(RIGHT)).toBe('ok');
  });

  it('leaves others alone: another address, and a credential that was right before', async () => {
    const { tried } = gate();
    expect(await tried(RIGHT)).toBe('ok');
    for (let each = 0; each < 5; each += 1) await tried(WRONG);
    expect(await tried(WRONG)).toBe('too_many_attempts');
    expect(await tried(RIGHT)).toBe('ok');
    expect(await tried(RIGHT, '203.0.113.10')).toBe('ok');
  });

  it('lets no more through when they come at once, and those with the right credential wait for nothing worse', async () => {
    const { tried, read } = gate();
    const all = await Promise.all(Array.from({ length: 50 }, (_, each) => tried(basic('admin', `wrong ${each}`))));
    expect(all.filter((code) => code === 'credentials_invalid')).toHaveLength(3);
    expect(all.filter((code) => code === 'too_many_attempts')).toHaveLength(47);
    expect(read).toHaveLength(3);
    const fine = gate();
    const many = await Promise.all(Array.from({ length: 50 }, () => fine.tried(RIGHT)));
    expect(many).toEqual(many.map(() => 'ok'));
  });

  it('spares those with a verified signature what others at their address did', async () => {
    const { tried } = gate();
    for (let each = 0; each < 5; each += 1) await tried(WRONG);
    const key = 'key_a' as KeyId;
    expect(await tried(RIGHT, '203.0.113.9', key)).toBe('ok');
    for (let each = 0; each < 3; each += 1) await tried(basic('x', `${each}`), '203.0.113.9', key);
    expect(await tried(basic('x', 'more'), '203.0.113.9', key)).toBe('too_many_attempts');
  });

  it('turns away whom there is no room to let wait', async () => {
    const waiting: (() => void)[] = [];
    const slow = withAttemptGate(
      () =>
        new Promise((resolve) => {
          waiting.push(() => {
            resolve(presented);
          });
        }),
      {
        failures: { room: () => Promise.resolve({ tries: 1, retryAfter: 0 }), add: () => Promise.resolve() },
        random: (count) => randomBytes(count),
      },
    );
    const codes: unknown[] = [];
    const all = Array.from({ length: 230 }, (_, each) =>
      slow(basic('x', String(each)), { ip: '203.0.113.9' }).catch((error: unknown) =>
        codes.push((error as ChaperoneError).code),
      ),
    );
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(codes.length).toBeGreaterThan(20);
    expect(new Set(codes)).toEqual(new Set(['overloaded']));
    const letGo = setInterval(() => waiting.shift()?.(), 0);
    await Promise.all(all);
    clearInterval(letGo);
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
      failures: { room: () => Promise.reject(new Error('away')), add: () => Promise.resolve() },
      random: (count) => randomBytes(count),
    });
    await expect(ask(RIGHT, { ip: '203.0.113.9' })).rejects.toThrow('away');
  });
});
