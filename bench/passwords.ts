/**
 * Verifications per second for each kind of hash that an application password may have, with right and wrong passwords
 * in turn, and what one md5 and one bcrypt round cost: the figures behind the budget in `stored-passwords.ts`.
 * Run after `npm run build`: `node dist/bench/passwords.js`.
 */
import { hash as digest, randomBytes } from 'node:crypto';
import bcrypt from 'bcryptjs';
import { makeKeyDerivationPool, makeVerdictCache } from '../src/identity/application-passwords/index.js';
import { fastHash, matchesFastHash, parsePasswordHash } from '../src/identity/application-passwords/password-hash.js';
import { parseWpUserId } from '../src/kernel/ids.js';

const PASSWORD = 'abcdEFGHijklMNOPqrstUVWX';
const PHPASS = '$P$BsaltSALTnaFQoARSxilvZwAd8BYFr.';
const SECONDS = 2;
const WORKERS = 2;

/** Runs `once` again and again for a while and returns how often a second; the first runs are not counted. */
async function perSecond(once: (turn: number) => boolean | Promise<boolean>, lanes = 1): Promise<number> {
  const lane = async (until: number): Promise<number> => {
    let count = 0;
    for (let turn = 0; performance.now() < until; turn += 1, count += 1) {
      if ((await once(turn)) !== (turn % 2 === 0)) throw new Error('a wrong verdict');
    }
    return count;
  };
  const run = async (milliseconds: number): Promise<number> => {
    const started = performance.now();
    const counts = await Promise.all(Array.from({ length: lanes }, () => lane(started + milliseconds)));
    return counts.reduce((sum, count) => sum + count, 0) / ((performance.now() - started) / 1_000);
  };
  await run(300);
  return run(SECONDS * 1_000);
}

const given = (turn: number): string => (turn % 2 === 0 ? PASSWORD : `${PASSWORD}x`);

async function main(): Promise<void> {
  const pool = makeKeyDerivationPool({ workers: WORKERS, queueLimit: 32 });
  const lines: [string, number][] = [];
  const fast = fastHash(PASSWORD);
  lines.push(['$generic$ (WordPress 6.8 and later)', await perSecond((turn) => matchesFastHash(given(turn), fast))]);
  const slow = [PHPASS, ...[5, 10, 12].map((cost) => bcrypt.hashSync(PASSWORD, cost))];
  for (const hash of slow) {
    const parsed = parsePasswordHash(hash);
    if (parsed.kind !== 'phpass' && parsed.kind !== 'bcrypt') throw new Error(`${hash} is not slow`);
    const name = parsed.kind === 'phpass' ? 'phpass, 8,192 rounds' : `bcrypt, cost ${hash.slice(4, 6)}`;
    lines.push([`${name} (${WORKERS} threads)`, await perSecond((turn) => pool.matches(given(turn), parsed), WORKERS)]);
  }
  lines.push(['a slow hash remembered for a minute', await perSecond(cached())]);
  await pool.close();
  for (const [name, count] of lines) console.log(`${name.padEnd(40)} ${count.toFixed(0).padStart(9)} /s`);
  console.log(
    `one md5 round ${md5Milliseconds().toFixed(5)} ms, one bcrypt round ${bcryptMilliseconds().toFixed(4)} ms`,
  );
}

function cached(): (turn: number) => boolean {
  const userId = parseWpUserId(7);
  if (userId === undefined) throw new Error('7 is a user id');
  const cache = makeVerdictCache(randomBytes);
  const comparison = (turn: number) => ({ userId, uuid: 'u', hash: PHPASS, password: given(turn) });
  cache.set(comparison(0), true);
  return (turn) => cache.get(comparison(turn)) ?? false;
}

function md5Milliseconds(): number {
  const rounds = 200_000;
  const block = Buffer.alloc(40);
  const started = performance.now();
  for (let round = 0; round < rounds; round += 1) digest('md5', block, 'buffer').copy(block);
  return (performance.now() - started) / rounds;
}

function bcryptMilliseconds(): number {
  const cost = 10;
  const started = performance.now();
  bcrypt.hashSync(PASSWORD, cost);
  return (performance.now() - started) / 2 ** cost;
}

await main();
