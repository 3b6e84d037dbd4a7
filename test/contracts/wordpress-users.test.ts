import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { WordPressUsers } from '../../src/identity/wordpress-users/index.js';
import { mysqlWordPressUsers } from '../../src/identity/wordpress-users/wordpress-users.mysql.js';
import { connect } from '../../src/db/connect.js';
import { Secret } from '../../src/kernel/secret.js';
import { FakeWordPressUsers, userId } from '../support/fakes/fake-wordpress-users.js';
import { createSite } from '../support/stack.js';

interface Subject {
  readonly users: WordPressUsers;
  readonly close: () => Promise<void>;
}

/** Both hold the administrator `admin`, number 1, with a meta value `Zürich` under `city`, and the option `blogname` `Test`. */
const subjects: Record<string, () => Promise<Subject>> = {
  fake: () => {
    const users = new FakeWordPressUsers();
    users.add({ id: userId(1), login: 'admin' });
    users.setMeta(userId(1), 'city', 'Zürich');
    users.options.set('blogname', 'Test');
    return Promise.resolve({ users, close: () => Promise.resolve() });
  },
  mysql: async () => {
    const site = await createSite();
    await site.php(
      `add_user_meta( 1, 'CITY', 'other' ); add_user_meta( 1, 'city', 'Zürich' ); add_user_meta( 1, 'city', 'second' );`,
    );
    const { url, tablePrefix } = site.database;
    const db = connect({ url: new Secret(url), tablePrefix, poolSize: 1 });
    const name = (table: string): string => tablePrefix + table;
    const users = mysqlWordPressUsers(db, {
      users: name('users'),
      usermeta: name('usermeta'),
      options: name('options'),
      sitemeta: null,
      basePrefix: tablePrefix,
      blogPrefix: tablePrefix,
      multisite: false,
      blogId: 1,
    });
    return { users, close: () => Promise.all([db.destroy(), site.stop()]).then(() => undefined) };
  },
};

describe.each(Object.entries(subjects))('WordPressUsers: %s', (_name, make) => {
  let subject: Subject;
  beforeAll(async () => {
    subject = await make();
  }, 120_000);
  afterAll(() => subject.close());

  const admin = { id: 1, login: 'admin', email: 'admin@example.org', spam: false, deleted: false };

  it('finds a user by id, and by login and e-mail whatever the case', async () => {
    const { users } = subject;
    expect(await users.findById(userId(1))).toEqual(admin);
    expect(await users.findByLogin('Admin')).toEqual(admin);
    expect(await users.findByEmail('ADMIN@example.org')).toEqual(admin);
  });

  it('finds nobody', async () => {
    const { users } = subject;
    const nobody = [users.findById(userId(999)), users.findByLogin("admin' OR '1'='1"), users.findByEmail('admin')];
    expect(await Promise.all(nobody)).toEqual([undefined, undefined, undefined]);
  });

  it('gives the first row of exactly that key, as bytes', async () => {
    const { users } = subject;
    expect(Buffer.from((await users.userMeta(userId(1), 'city')) ?? []).toString('hex')).toBe('5ac3bc72696368');
    expect(await users.userMeta(userId(1), 'City')).toBeUndefined();
    expect(await users.userMeta(userId(999), 'city')).toBeUndefined();
  });

  it('gives options, which are the network’s own on a single site', async () => {
    const { users } = subject;
    const read = [
      users.option('blogname'),
      users.networkOption('blogname', 'main'),
      users.networkOption('blogname', 'current'),
    ];
    expect((await Promise.all(read)).map((value) => Buffer.from(value ?? []).toString())).toEqual([
      'Test',
      'Test',
      'Test',
    ]);
    expect(await users.option('no_such_option')).toBeUndefined();
  });
});
