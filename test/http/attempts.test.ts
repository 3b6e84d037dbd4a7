import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { basic, type TestAnswer } from '../support/http-request.js';
import { pairedSite, type PairedSite, type TestSidecar } from '../support/paired-site.js';
import { expectProblem } from './problem.js';

let paired: PairedSite;
let replica: TestSidecar;
beforeAll(async () => {
  paired = await pairedSite({ sidecarEnv: { CHAPERONE_TRUSTED_PROXIES: '127.0.0.1' } });
  replica = await paired.replica();
}, 90_000);
afterAll(() => paired.stop());

/** A request that comes from `from`, as the trusted proxy says. */
const from = (sidecar: TestSidecar, address: string, authorization: string): Promise<TestAnswer> =>
  sidecar.send({
    method: 'GET',
    path: '/v1/audit',
    headers: [
      ['X-Forwarded-For', address],
      ['Authorization', authorization],
    ],
  });

const wrong = (login: string, applicationPassword = 'wrong'): string => basic({ login, applicationPassword });
const right = (): string => basic(paired.site.users.admin);

async function guess(address: string, account: string, times: number): Promise<number[]> {
  const statuses: number[] = [];
  for (let each = 0; each < times; each += 1) {
    const sidecar = each % 2 === 0 ? paired : replica;
    statuses.push((await from(sidecar, address, wrong(account, `wrong${each}`))).status);
  }
  return statuses;
}

it('twenty guesses at an account from one address, over two replicas, and no more', async () => {
  const { login } = paired.site.users.admin;
  const statuses = await guess('203.0.113.1', login, 23);
  expect(statuses.slice(0, 20)).toEqual(Array.from({ length: 20 }, () => 401));
  expect(statuses.slice(20)).toEqual([429, 429, 429]);
  const refused = await from(paired, '203.0.113.1', wrong(login, 'another'));
  expect(refused.body.code).toBe('too_many_attempts');
  expectProblem(refused);
  expect(Number(refused.headers['retry-after'])).toBeGreaterThan(200);
  expect(Number(refused.headers['retry-after'])).toBeLessThanOrEqual(300);
});

it('the account is locked for nobody else, and not at another account from there', async () => {
  const { editor } = paired.site.users;
  expect((await from(paired, '203.0.113.2', right())).status).toBe(200);
  const other = await from(paired, '203.0.113.1', basic(editor));
  expect(other.status).toBe(200);
});

it('who was right lately is let in from the same address', async () => {
  expect((await from(paired, '203.0.113.3', right())).status).toBe(200);
  await guess('203.0.113.3', paired.site.users.admin.login, 21);
  expect((await from(paired, '203.0.113.3', wrong(paired.site.users.admin.login))).status).toBe(429);
  expect((await from(paired, '203.0.113.3', right())).status).toBe(200);
});

it('an agent with a verified signature goes on, whatever others at its address have guessed', async () => {
  const address = '203.0.113.4';
  for (const account of ['a', 'b', 'c', 'd', 'e', 'f']) await guess(address, account, 18);
  const { login, applicationPassword, key } = paired.agent;
  const credential = basic({ login, applicationPassword });
  expect((await from(replica, address, credential)).status).toBe(429);
  const headers = [
    ['X-Forwarded-For', address],
    ['Authorization', credential],
  ] as const;
  expect((await replica.send({ path: '/v1/tools', key, headers })).status).toBe(200);
});

it('a hundred wrong ones from one /64, whatever the account, and no more', async () => {
  const answers = await Promise.all(
    Array.from({ length: 110 }, (_, each) =>
      from(each % 2 === 0 ? paired : replica, `2001:db8:1:2::${each.toString(16)}`, wrong(`nobody${each}`)),
    ),
  );
  expect(answers.filter(({ status }) => status === 401).length).toBeGreaterThanOrEqual(100);
  expect((await from(replica, '2001:db8:1:2:ffff::1', wrong('somebody'))).status).toBe(429);
  expect((await from(replica, '2001:db8:1:3::1', wrong('somebody'))).status).toBe(401);
});
