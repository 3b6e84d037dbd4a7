import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { ChaperoneError } from '../../../../src/kernel/errors.js';
import {
  credentialsInvalid,
  makeVerdictCache,
  makeVerifyApplicationPassword,
  type KeyDerivation,
} from '../../../../src/identity/application-passwords/index.js';
import {
  fastHash,
  likeHash,
  parsePasswordHash,
  type SlowHash,
} from '../../../../src/identity/application-passwords/password-hash.js';
import { FakeWordPressUsers, userId } from '../../../support/fakes/fake-wordpress-users.js';
import { serialize, type Serialisable } from '../../../support/php-serialize.js';

const PASSWORD = 'abcd EFGH ijkl MNOP qrst UVWX';
const FAST = fastHash('abcdEFGHijklMNOPqrstUVWX');
const PHPASS = '$P$BsaltSALTnaFQoARSxilvZwAd8BYFr.';
const NOW = new Date('2026-11-22T10:00:00Z');
const agent = userId(7);

const item = (fields: { readonly [key: string]: Serialisable } = {}): { readonly [key: string]: Serialisable } => ({
  uuid: '4f9a1c2e-0000-4000-8000-000000000001',
  app_id: '',
  name: 'Zürich desk',
  password: FAST,
  created: 1_795_338_848,
  last_used: null,
  last_ip: null,
  ...fields,
});
const basic = (username: string, password: string): string =>
  `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;

/** Counts comparisons, and notes what each would cost; the one phpass hash above is known to it. */
class CountingDerivation implements KeyDerivation {
  compared = 0;
  costs: string[] = [];
  full = false;
  matches(password: string, hash: SlowHash): Promise<boolean> {
    if (this.full) return Promise.reject(new ChaperoneError('overloaded', { retryAfter: 1 }));
    this.compared += 1;
    this.costs.push(`${hash.kind} ${hash.milliseconds.toFixed(0)}`);
    return Promise.resolve(hash.hash === PHPASS && password === 'abcdEFGHijklMNOPqrstUVWX');
  }
  close(): Promise<void> {
    return Promise.resolve();
  }
}

function setup(row: Serialisable | string = [item()]) {
  const users = new FakeWordPressUsers();
  const derivation = new CountingDerivation();
  const world = { available: true as boolean | 'down', asked: 0 };
  users.add({ id: agent, login: 'agent', email: 'agent@example.org' });
  users.setMeta(agent, '_application_passwords', typeof row === 'string' ? row : serialize(row));
  const verify = makeVerifyApplicationPassword({
    users,
    derivation,
    cache: makeVerdictCache(randomBytes),
    clock: { now: () => NOW },
    availability: {
      forUser: () => {
        world.asked += 1;
        const { available } = world;
        return available === 'down'
          ? Promise.reject(new ChaperoneError('upstream_unavailable'))
          : Promise.resolve(available);
      },
    },
  });
  return { users, derivation, world, verify };
}

const reasonOf = async (header: string, row?: Serialisable | string): Promise<string> => {
  const verdict = await setup(row).verify(header);
  return verdict.ok ? 'ok' : verdict.reason;
};

describe('who gets in', () => {
  it('the right password, and with it the entry’s uuid and name', async () => {
    expect(await setup().verify(basic('agent', PASSWORD))).toEqual({
      ok: true,
      userId: agent,
      uuid: '4f9a1c2e-0000-4000-8000-000000000001',
      name: 'Zürich desk',
      unusable: [],
    });
  });

  it.each([
    ['without spaces', 'agent', PASSWORD.replaceAll(' ', '')],
    ['with other signs between', 'agent', 'abcd-EFGH.ijkl_MNOP/qrst+UVWX!ü'],
    ['by e-mail', 'agent@example.org', PASSWORD],
    ['in another case', 'AGENT', PASSWORD],
    ['with spaces around the name', ' agent ', PASSWORD],
    ['with an accent that core drops', 'ägent', PASSWORD],
  ])('%s', async (_what, name, password) => {
    expect(await reasonOf(basic(name, password))).toBe('ok');
  });

  it('the first of several entries that matches, gaps between keys or not', async () => {
    const { verify } = setup({
      '3': item({ password: fastHash('other') }),
      '9': item({ uuid: 'nine' }),
      '10': item({ uuid: 'ten' }),
    });
    expect(await verify(basic('agent', PASSWORD))).toMatchObject({ ok: true, uuid: 'nine' });
  });
});

describe('who does not, and what the log learns', () => {
  it.each<[string, string, Serialisable | string | undefined]>([
    ['malformed', 'Basic !!!', undefined],
    ['unknown_user', basic('nobody', PASSWORD), undefined],
    ['unknown_user', basic("o'brien@example.org", PASSWORD), undefined],
    ['wrong_password', basic('agent', PASSWORD.toLowerCase()), undefined],
    ['wrong_password', basic('agent', `${PASSWORD}x`), undefined],
    ['wrong_password', basic('agent', PASSWORD), []],
    ['empty_password', basic('agent', ' - '), [item({ password: fastHash('') })]],
    ['empty_password', basic('agent', ''), [item({ password: fastHash('') })]],
    ['wrong_password', basic('agent', PASSWORD), [item({ password: '8d1b3f3a0cb33d1dcf8a8fd4b8bcb1c0' })]],
    ['row_unreadable', basic('agent', PASSWORD), 'O:8:"stdClass":0:{}'],
    ['row_unreadable', basic('agent', PASSWORD), `${serialize([item()])}x`],
    ['row_unreadable', basic('agent', PASSWORD), 's:1:"x";'],
    ['expired', basic('agent', PASSWORD), [item({ expires: NOW.getTime() / 1_000 })]],
    ['ok', basic('agent', PASSWORD), [item({ expires: NOW.getTime() / 1_000 + 1 })]],
    ['ok', basic('agent', PASSWORD), [item({ expires: null })]],
    ['wrong_password', basic('agent', PASSWORD), [item({ expires: 'tomorrow' })]],
  ])('%s', async (reason, header, row) => {
    expect(await reasonOf(header, row)).toBe(reason);
  });

  it('nobody before the first application password of the site was made', async () => {
    const { users, verify } = setup();
    for (const value of [undefined, '', '0', 'b:0;', 'a:1:{broken']) {
      if (value === undefined) users.options.delete('using_application_passwords');
      else users.options.set('using_application_passwords', value);
      expect(await verify(basic('agent', PASSWORD))).toMatchObject({ ok: false, reason: 'not_in_use' });
    }
  });

  it('users whom a network has marked as spam or deleted', async () => {
    const { users, verify } = setup();
    for (const flag of ['spam', 'deleted'] as const) {
      const id = users.add({ id: userId(flag === 'spam' ? 8 : 9), login: flag, [flag]: true }).id;
      users.setMeta(id, '_application_passwords', serialize([item()]));
      expect(await verify(basic(flag, PASSWORD))).toMatchObject({ ok: false, reason: `user_${flag}`, userId: id });
    }
  });

  it('every refusal is one error with one text, and its reason is for the log', () => {
    const [first, second] = [credentialsInvalid('unknown_user'), credentialsInvalid('disabled')];
    expect([first.code, first.message, first.extras.detail]).toEqual([
      second.code,
      second.message,
      second.extras.detail,
    ]);
    expect([first.cause, second.cause]).toEqual(['unknown_user', 'disabled']);
  });
});

describe('availability', () => {
  it('a user to whom WordPress refuses application passwords is refused', async () => {
    const { world, verify } = setup();
    world.available = false;
    expect(await verify(basic('agent', PASSWORD))).toMatchObject({ ok: false, reason: 'disabled' });
  });

  it('is not assumed when WordPress does not answer', async () => {
    const { world, verify } = setup();
    world.available = 'down';
    await expect(verify(basic('agent', PASSWORD))).rejects.toMatchObject({ code: 'upstream_unavailable' });
  });

  it('a wrong guess asks WordPress nothing', async () => {
    const { world, verify } = setup();
    await verify(basic('agent', 'wrong'));
    await verify(basic('nobody', PASSWORD));
    expect(world.asked).toBe(0);
  });
});

describe('entries that can’t be used', () => {
  it('are passed over and reported', async () => {
    const { verify } = setup([
      'text',
      item({ uuid: null }),
      item({ uuid: 5 }),
      item({ password: null }),
      item({ uuid: 'costly', password: '$P$SIQRaTwmfeRo7ud9Fh4E2PdI0S3r.L0' }),
      item({ uuid: 'md5', password: '5f4dcc3b5aa765d61d8327deb882cf99' }),
      item({ uuid: 'right' }),
    ]);
    expect(await verify(basic('agent', PASSWORD))).toMatchObject({
      ok: true,
      uuid: 'right',
      unusable: [
        { reason: 'entry_malformed' },
        { reason: 'uuid_missing' },
        { reason: 'entry_malformed' },
        { reason: 'entry_malformed' },
        { uuid: 'costly', reason: 'hash_too_costly' },
        { uuid: 'md5', reason: 'hash_unknown' },
      ],
    });
  });

  it('a row of a thousand slow hashes costs a bounded number of comparisons', async () => {
    const { derivation, verify } = setup(
      Array.from({ length: 1_000 }, (_, n) => item({ uuid: `u${n}`, password: PHPASS })),
    );
    const verdict = await verify(basic('agent', 'wrong'));
    expect(verdict.unusable.every(({ reason }) => reason === 'row_too_costly')).toBe(true);
    expect(derivation.compared + verdict.unusable.length).toBe(1_000);
    expect(derivation.compared).toBeLessThan(400);
  });
});

describe('the cache', () => {
  const legacy = [
    item({ uuid: 'first', password: '$P$BsaltSALTxxxxxxxxxxxxxxxxxxxxxx' }),
    item({ uuid: 'second', password: PHPASS }),
  ];

  it('skips the slow comparison alone: the row is read each time', async () => {
    const { users, derivation, verify } = setup(legacy);
    for (let turn = 0; turn < 3; turn += 1)
      expect(await verify(basic('agent', PASSWORD))).toMatchObject({ uuid: 'second' });
    expect(derivation.compared).toBe(2);
    expect(users.metaReads).toBe(3);
  });

  it('a revoked password is refused by the next request', async () => {
    const { users, verify } = setup(legacy);
    expect(await verify(basic('agent', PASSWORD))).toMatchObject({ ok: true });
    users.setMeta(agent, '_application_passwords', serialize([]));
    expect(await verify(basic('agent', PASSWORD))).toMatchObject({ ok: false, reason: 'wrong_password' });
  });

  it('a replaced hash is compared afresh', async () => {
    const { users, verify } = setup(legacy);
    expect(await verify(basic('agent', PASSWORD))).toMatchObject({ ok: true });
    users.setMeta(
      agent,
      '_application_passwords',
      serialize([item({ uuid: 'second', password: '$P$BsaltSALTxxxxxxxxxxxxxxxxxxxxxx' })]),
    );
    expect(await verify(basic('agent', PASSWORD))).toMatchObject({ ok: false });
  });

  it('wrong guesses are not remembered', async () => {
    const { derivation, verify } = setup(legacy);
    await verify(basic('agent', 'wrong'));
    await verify(basic('agent', 'wrong'));
    expect(derivation.compared).toBe(4);
  });
});

describe('a refusal costs the same, whoever is named', () => {
  const BCRYPT = '$2y$05$abcdefghijklmnopqrstuuHezVQj0jun1LoSeKMrBow7mHlobkbDa';
  const slow = (fields: { readonly [key: string]: Serialisable }): Serialisable => [item({ uuid: 'slow', ...fields })];

  /** The user `agent` with a fast row, after somebody else's slow one was read. */
  async function afterSlowRow() {
    const { users, derivation, verify } = setup();
    const { id } = users.add({ id: userId(8), login: 'old' });
    users.setMeta(id, '_application_passwords', serialize(slow({ password: PHPASS })));
    await verify(basic('old', 'wrong'));
    return { derivation, verify };
  }

  /** One user for each form of row, and what a wrong guess at each makes the pool compute once all rows were seen. */
  async function costsOfWrongGuesses(): Promise<Record<string, string[]>> {
    const { users, derivation, verify } = setup();
    const rows: Record<string, Serialisable | undefined> = {
      phpass: slow({ password: PHPASS }),
      bcrypt: slow({ password: BCRYPT }),
      both: [item({ uuid: 'one', password: BCRYPT }), item({ uuid: 'two', password: PHPASS })],
      fast: [item()],
      empty: [],
      rowless: undefined,
      spam: slow({ password: PHPASS }),
    };
    for (const [at, [login, row]] of Object.entries(rows).entries()) {
      const { id } = users.add({ id: userId(20 + at), login, spam: login === 'spam' });
      if (row !== undefined) users.setMeta(id, '_application_passwords', serialize(row));
    }
    for (const login of ['phpass', 'bcrypt']) await verify(basic(login, 'wrong'));
    const costs: Record<string, string[]> = {};
    for (const login of [...Object.keys(rows), 'nobody', 'nobody@example.org']) {
      derivation.costs = [];
      await verify(basic(login, 'wrong'));
      costs[login] = [...derivation.costs].sort();
    }
    return costs;
  }

  it('one comparison of each slow kind that the site was seen to hold', async () => {
    const costs = await costsOfWrongGuesses();
    expect(Object.keys(costs)).toHaveLength(9);
    for (const [login, each] of Object.entries(costs))
      expect([login, each]).toEqual([login, ['bcrypt 3', 'phpass 13']]);
  });

  it('nothing slow where no row is slow', async () => {
    const { derivation, verify } = setup();
    await verify(basic('agent', 'wrong'));
    await verify(basic('nobody', 'wrong'));
    expect(derivation.compared).toBe(0);
  });

  it('an empty password teaches as much as another', async () => {
    const { derivation, verify } = setup([item({ password: PHPASS })]);
    for (const login of ['agent', 'nobody']) {
      derivation.costs = [];
      await verify(basic(login, ''));
      expect(derivation.costs).toEqual(['phpass 13']);
    }
  });

  it('who has the right password of a fast row waits for nothing slow', async () => {
    const { derivation, verify } = await afterSlowRow();
    derivation.costs = [];
    expect(await verify(basic('agent', PASSWORD))).toMatchObject({ ok: true });
    expect(derivation.costs).toEqual([]);
  });

  it('when the pool is full, it is so for everybody who is refused, and for nobody who is right', async () => {
    const { derivation, verify } = await afterSlowRow();
    derivation.full = true;
    for (const login of ['old', 'agent', 'nobody'])
      await expect(verify(basic(login, 'wrong'))).rejects.toMatchObject({ code: 'overloaded' });
    expect(await verify(basic('agent', PASSWORD))).toMatchObject({ ok: true });
  });

  it('with a hash that is nobody’s, and as dear as the one it stands for', () => {
    for (const hash of [PHPASS, PHPASS.replace('$P$B', '$H$9'), BCRYPT, BCRYPT.replace('$2y$05', '$2b$11')]) {
      const parsed = parsePasswordHash(hash);
      if (parsed.kind !== 'phpass' && parsed.kind !== 'bcrypt') throw new Error(`${hash} is not slow`);
      const decoy = likeHash(parsed);
      expect(decoy.hash).not.toBe(hash);
      expect(parsePasswordHash(decoy.hash)).toEqual(decoy);
      expect(decoy).toMatchObject({ kind: parsed.kind, milliseconds: parsed.milliseconds });
    }
  });
});
