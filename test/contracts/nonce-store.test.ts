import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Knex } from 'knex';
import { connect } from '../../src/db/connect.js';
import { migrate } from '../../src/db/migrate.js';
import { openPackets, type Packets } from '../../src/db/packets.js';
import { mysqlNonceStore } from '../../src/identity/signatures/nonce-store.mysql.js';
import type { KeyId } from '../../src/kernel/ids.js';
import { Secret } from '../../src/kernel/secret.js';
import { createDatabase, type TestDatabase } from '../support/stack.js';
import { nonceStoreContract } from './nonce-store.contract.js';

const PREFIX = 'wp_';
const TABLE = `${PREFIX}ai_agent_nonces`;
const ROUNDS = 50;
const ATTEMPTS = 32;

let database: TestDatabase;
let pools: readonly [Knex, Knex];
let packets: readonly [Packets, Packets];
const storeAt = (place: 0 | 1 = 0, prefix = PREFIX) => mysqlNonceStore(pools[place], packets[place], prefix);

beforeAll(async () => {
  database = await createDatabase();
  const pool = (): Knex => connect({ url: new Secret(database.url), tablePrefix: PREFIX, poolSize: 8 });
  pools = [pool(), pool()];
  packets = [openPackets(new Secret(database.url), 2), openPackets(new Secret(database.url), 2)];
  await migrate(pools[0], PREFIX);
}, 90_000);

afterAll(async () => {
  for (const pool of pools) await pool.destroy();
  for (const each of packets) await each.close();
  await database.drop();
});

nonceStoreContract('MariaDB', async () => {
  await pools[0](TABLE).delete();
  return storeAt();
});

describe('nonces in MariaDB', () => {
  const expiresAt = new Date(Date.UTC(2026, 10, 22, 20, 5, 30, 125));

  it('are spent by exactly one of many replicas at once', async () => {
    const stores = [storeAt(0), storeAt(1)];
    const winners: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const nonce = { keyId: 'key_race' as KeyId, nonce: `nonce-of-round-${round}`, expiresAt };
      const attempts = Array.from({ length: ATTEMPTS / stores.length }, () =>
        stores.map((store) => store.spend(nonce)),
      );
      const answers = await Promise.all(attempts.flat());
      expect(answers).toHaveLength(ATTEMPTS);
      winners.push(answers.filter((answer) => answer === 'spent').length);
    }
    console.info(`nonce races: ${ROUNDS} rounds of ${ATTEMPTS} attempts over 2 pools, one winner in each`);
    expect(winners).toEqual(winners.map(() => 1));
  });

  it('that many bring at once are each spent once, in few commits', async () => {
    const stores = [storeAt(0), storeAt(1)];
    const nonces = Array.from({ length: 150 }, (_, at) => ({
      keyId: `key_${at % 3}` as KeyId,
      nonce: `nonce-of-many-${at}`,
      expiresAt,
    }));
    const answers = await Promise.all(nonces.flatMap((nonce) => stores.map((store) => store.spend(nonce))));
    expect(answers.filter((answer) => answer === 'spent')).toHaveLength(150);
    for (let at = 0; at < answers.length; at += 2)
      expect([answers[at], answers[at + 1]].sort()).toEqual(['replayed', 'spent']);
  });

  it('are kept as a hash, with their expiry in UTC', async () => {
    const store = storeAt();
    await store.spend({ keyId: 'key_row' as KeyId, nonce: 'nonce-that-stays-secret', expiresAt });
    const rows: unknown = await pools[0](TABLE)
      .where({ key_id: 'key_row' })
      .select(pools[0].raw('HEX(nonce_hash) = SHA2(?, 256) AS is_hash', ['nonce-that-stays-secret']))
      .select(pools[0].raw('CAST(expires_at AS CHAR) AS expires_text'));
    expect(rows).toEqual([{ is_hash: 1, expires_text: '2026-11-22 20:05:30.125000' }]);
  });

  it('reject, and never count as spent, when the table cannot be written', async () => {
    const store = storeAt(0, 'other_');
    const nonce = { keyId: 'key_a' as KeyId, nonce: 'nonce-0123456789', expiresAt };
    await expect(store.spend(nonce)).rejects.toMatchObject({ errno: 1146 });
    const tooLong = { ...nonce, keyId: 'k'.repeat(65) as KeyId };
    await expect(storeAt().spend(tooLong)).rejects.toThrow('length');
  });
});
