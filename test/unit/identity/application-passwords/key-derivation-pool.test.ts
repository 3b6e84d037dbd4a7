import { afterAll, describe, expect, it } from '@jest/globals';
import { makeKeyDerivationPool } from '../../../../src/identity/application-passwords/index.js';
import { parsePasswordHash, type SlowHash } from '../../../../src/identity/application-passwords/password-hash.js';

function slow(hash: string): SlowHash {
  const parsed = parsePasswordHash(hash);
  if (parsed.kind !== 'phpass' && parsed.kind !== 'bcrypt') throw new Error(`${hash} is not slow`);
  return parsed;
}

const pool = makeKeyDerivationPool({ workers: 1, queueLimit: 32 });
afterAll(() => pool.close());

describe('slow hashes', () => {
  it.each([
    ["phpass's published vector", 'test12345', '$P$9IQRaTwmfeRo7ud9Fh4E2PdI0S3r.L0'],
    ['the same under phpBB’s name', 'test12345', '$H$9IQRaTwmfeRo7ud9Fh4E2PdI0S3r.L0'],
    ['a WordPress hash of 8,192 rounds', 'abcdEFGHijklMNOPqrstUVWX', '$P$BsaltSALTnaFQoARSxilvZwAd8BYFr.'],
    ['bcrypt 2y', 'abcd', '$2y$05$abcdefghijklmnopqrstuuHezVQj0jun1LoSeKMrBow7mHlobkbDa'],
    ['bcrypt 2a', 'abcd', '$2a$05$abcdefghijklmnopqrstuuHezVQj0jun1LoSeKMrBow7mHlobkbDa'],
    ['bcrypt 2b', 'abcd', '$2b$05$abcdefghijklmnopqrstuuHezVQj0jun1LoSeKMrBow7mHlobkbDa'],
  ])('%s', async (_what, password, hash) => {
    expect(await pool.matches(password, slow(hash))).toBe(true);
    expect(await pool.matches(`${password}x`, slow(hash))).toBe(false);
    expect(await pool.matches('', slow(hash))).toBe(false);
  });

  it('a password of 4,096 bytes is hashed whole by phpass', async () => {
    const hash = slow('$P$9IQRaTwmfeRo7ud9Fh4E2PdI0S3r.L0');
    expect(await pool.matches('x'.repeat(4_096), hash)).toBe(false);
  });

  it('leaves the event loop free', async () => {
    let ticks = 0;
    const timer = setInterval(() => (ticks += 1), 1);
    await pool.matches('wrong', slow('$P$EIQRaTwmfeRo7ud9Fh4E2PdI0S3r.L0'));
    clearInterval(timer);
    expect(ticks).toBeGreaterThan(5);
  });
});

describe('the queue', () => {
  it('refuses the comparison that would wait behind too many, and works on', async () => {
    const small = makeKeyDerivationPool({ workers: 1, queueLimit: 2 });
    const hash = slow('$P$9IQRaTwmfeRo7ud9Fh4E2PdI0S3r.L0');
    const attempts = Array.from({ length: 5 }, () => small.matches('test12345', hash));
    const outcomes = await Promise.allSettled(attempts);
    expect(outcomes.map(({ status }) => status)).toEqual([
      'fulfilled',
      'fulfilled',
      'fulfilled',
      'rejected',
      'rejected',
    ]);
    expect(outcomes[4]).toMatchObject({ reason: { code: 'overloaded', extras: { retryAfter: 1 } } });
    expect(await small.matches('test12345', hash)).toBe(true);
    await small.close();
  });

  it('closing refuses what waits and what comes later', async () => {
    const closing = makeKeyDerivationPool({ workers: 1, queueLimit: 8 });
    const hash = slow('$P$EIQRaTwmfeRo7ud9Fh4E2PdI0S3r.L0');
    const attempts = [closing.matches('a', hash), closing.matches('b', hash)];
    const settled = Promise.allSettled(attempts);
    await closing.close();
    expect((await settled).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    await expect(closing.matches('c', hash)).rejects.toMatchObject({ code: 'overloaded' });
  });
});
