import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { makeCliSite, type CliSite } from './cli-site.js';

const ISSUER = 'https://login.example/realms/site';
let operator: CliSite;
beforeAll(async () => {
  operator = await makeCliSite();
  expect((await operator.init()).code).toBe(0);
}, 120_000);
afterAll(() => operator.stop());

const identity = (...words: readonly string[]) => operator.json(['identity', ...words]);
const alice = ['--issuer', ISSUER, '--subject', 'alice'];

describe('chaperone identity', () => {
  it('binds, lists and unbinds a subject', async () => {
    const bound = { issuer: ISSUER, subject: 'alice', userId: 1, createdAt: expect.stringMatching(/Z$/) };
    expect(await identity('add', ...alice, '--user', '1')).toMatchObject({
      code: 0,
      body: { identity: bound, isNew: true },
    });
    expect((await identity('add', ...alice, '--user', '1')).body).toMatchObject({ isNew: false });
    expect((await identity('list')).body).toEqual({ items: [bound] });
    expect(await identity('remove', ...alice)).toMatchObject({ code: 0, body: { identity: bound } });
    expect((await identity('list')).body).toEqual({ items: [] });
  }, 180_000);

  it('says what is wrong, and to whom', async () => {
    expect(await identity('remove', ...alice)).toMatchObject({ code: 1, body: { code: 'not_found' } });
    expect(await identity('add', ...alice, '--user', '9999')).toMatchObject({
      code: 1,
      body: { code: 'args_invalid' },
    });
    expect(await identity('add', ...alice, '--user', 'admin')).toMatchObject({ code: 2, body: { code: 'usage' } });
    expect(await identity('add', '--issuer', ISSUER)).toMatchObject({ code: 2, body: { code: 'usage' } });
  }, 180_000);
});
