import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Knex } from 'knex';
import { connect } from '../../src/db/connect.js';
import { makeRehearsal } from '../../src/db/in-transaction.js';
import { Secret } from '../../src/kernel/secret.js';
import { createDatabase, type TestDatabase } from '../support/stack.js';

let database: TestDatabase;
let knex: Knex;
beforeAll(async () => {
  database = await createDatabase();
  const options = { url: new Secret(database.url), tablePrefix: 'wp_', poolSize: 2 };
  const open = connect(options);
  await open.raw('CREATE TABLE rehearsed (id INT PRIMARY KEY) ENGINE=InnoDB');
  await open.destroy();
  knex = connect({ ...options, readOnly: true });
}, 60_000);
afterAll(async () => {
  await knex.destroy();
  await database.drop();
});

const rows = async (): Promise<number> => (await knex('rehearsed').select('id')).length;
const rehearse = () => makeRehearsal(knex, (trx) => trx);

it('lets the work see what it writes, and keeps nothing of it', async () => {
  const seen = await rehearse()(async (trx) => {
    await trx('rehearsed').insert({ id: 1 });
    return (await trx('rehearsed').select('id')).length;
  });
  expect([seen, await rows()]).toEqual([1, 0]);
});

it('hands on what the work throws, and keeps nothing then either', async () => {
  const work = rehearse()(async (trx) => {
    await trx('rehearsed').insert({ id: 1 });
    throw new Error('refused');
  });
  await expect(work).rejects.toThrow('refused');
  expect(await rows()).toBe(0);
});

it('fails a deed that writes past its transaction, instead of doing it', async () => {
  await expect(rehearse()(() => knex('rehearsed').insert({ id: 1 }))).rejects.toMatchObject({ errno: 1792 });
  await expect(knex('rehearsed').insert({ id: 2 })).rejects.toMatchObject({ errno: 1792 });
  expect(await rows()).toBe(0);
});
