import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Identity } from '../../src/identity/identities/identity.js';
import type { IdentityStore } from '../../src/identity/identities/identity-store.js';
import { minute, userOf } from '../support/audit-entries.js';

const ISSUER = 'https://login.example/realms/site';

export const anIdentity = (subject: string, changes: Partial<Identity> = {}): Identity => ({
  issuer: ISSUER,
  subject,
  userId: userOf(7),
  createdAt: minute(1),
  ...changes,
});

/** What every store of identities promises. `make` gives an empty one. */
export function identityStoreContract(name: string, make: () => Promise<IdentityStore>): void {
  describe(`the identity store contract: ${name}`, () => {
    let store: IdentityStore;
    beforeEach(async () => {
      store = await make();
    });

    it('is empty at first', async () => {
      expect(await store.list({ limit: 10 })).toEqual({ items: [], next: null });
      expect(await store.find(anIdentity('a'))).toBeUndefined();
      expect(await store.remove(anIdentity('a'))).toBe(false);
    });

    it('binds a subject once, to one user', async () => {
      expect(await store.insert(anIdentity('a'))).toBe(true);
      expect(await store.insert(anIdentity('a', { userId: userOf(8) }))).toBe(false);
      expect(await store.find(anIdentity('a'))).toEqual(anIdentity('a'));
      expect(await store.insert(anIdentity('a', { issuer: 'https://other.example' }))).toBe(true);
      expect(await store.insert(anIdentity('b'))).toBe(true);
    });

    it.each([
      ['case', 'alice', 'Alice'],
      ['a space at the end', 'alice', 'alice '],
      ['accents', 'alice', 'alicé'],
      ['the form of an accent', 'alic\u00e9', 'alice\u0301'],
      ['an invisible character', 'alice', 'ali\u200bce'],
      ['a zero at the end', 'alice', 'alice\u0000'],
      ['letters beyond the first plane', '\u{1f511}', '\u{1f510}'],
    ])('two subjects that differ in %s are two', async (_difference, one, other) => {
      await store.insert(anIdentity(one));
      expect(await store.find(anIdentity(other))).toBeUndefined();
      expect(await store.remove(anIdentity(other))).toBe(false);
      expect(await store.insert(anIdentity(other, { userId: userOf(8) }))).toBe(true);
      expect(await store.find(anIdentity(one))).toEqual(anIdentity(one));
    });

    it('two issuers that differ in case or a slash are two', async () => {
      await store.insert(anIdentity('a'));
      expect(await store.find(anIdentity('a', { issuer: `${ISSUER}/` }))).toBeUndefined();
      expect(await store.find(anIdentity('a', { issuer: ISSUER.toUpperCase() }))).toBeUndefined();
    });

    it('a subject longer than any column is nobody', async () => {
      expect(await store.find(anIdentity('x'.repeat(10_000)))).toBeUndefined();
      await store.insert(anIdentity('ü'.repeat(256)));
      expect(await store.find(anIdentity('ü'.repeat(256)))).toBeDefined();
      expect(await store.find(anIdentity(`${'ü'.repeat(256)}x`))).toBeUndefined();
    });

    it('forgets one that is removed, and it alone', async () => {
      await store.insert(anIdentity('a'));
      await store.insert(anIdentity('b'));
      expect(await store.remove(anIdentity('a'))).toBe(true);
      expect(await store.find(anIdentity('a'))).toBeUndefined();
      expect(await store.find(anIdentity('b'))).toBeDefined();
    });

    it('forgets all of one user, and nobody else’s', async () => {
      for (const [index, subject] of ['a', 'b', 'c'].entries())
        await store.insert(anIdentity(subject, { userId: userOf(1 + (index % 2)) }));
      expect(await store.removeAllOf(userOf(1))).toBe(2);
      expect(await store.removeAllOf(userOf(1))).toBe(0);
      expect((await store.list({ limit: 10 })).items.map(({ subject }) => subject)).toEqual(['b']);
    });

    it('lists them in pages, oldest first, and by user', async () => {
      for (const [index, subject] of ['a', 'b', 'c', 'd', 'e'].entries())
        await store.insert(anIdentity(subject, { userId: userOf(1 + (index % 2)) }));
      const subjects: string[] = [];
      let after: number | undefined;
      for (;;) {
        const page = await store.list({ limit: 2, ...(after === undefined ? {} : { after }) });
        subjects.push(...page.items.map(({ subject }) => subject));
        if (page.next === null) break;
        after = page.next;
      }
      expect(subjects).toEqual(['a', 'b', 'c', 'd', 'e']);
      const second = await store.list({ limit: 10, userId: userOf(2) });
      expect(second.items.map(({ subject }) => subject)).toEqual(['b', 'd']);
    });
  });
}
