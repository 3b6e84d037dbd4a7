import { beforeEach, describe, expect, it } from '@jest/globals';
import type { PolicyVersion } from '../../src/kernel/ids.js';
import type { Activation, PolicyStore, StoredPolicy } from '../../src/policy-versions/policy-store.js';

const versionOf = (number: number): PolicyVersion => number as PolicyVersion;

function aPolicy(version: number, changes: Partial<StoredPolicy> = {}): StoredPolicy {
  return {
    version: versionOf(version),
    at: new Date(Date.UTC(2026, 10, 22, 20, 0, version, 125)),
    author: 7,
    note: `version ${version}`,
    sha256: String(version % 10).repeat(64),
    document: `{ "formatVersion": 1 } // ${version}`,
    ...changes,
  };
}

const anActivation = (version: number, minute: number): Activation => ({
  version: versionOf(version),
  at: new Date(Date.UTC(2026, 10, 22, 21, minute, 0, 250)),
  author: 0,
  note: `activation ${minute}`,
});

/** What every store of policies promises. `make` gives an empty one. */
export function policyStoreContract(name: string, make: () => Promise<PolicyStore>): void {
  describe(`the policy store contract: ${name}`, () => {
    let store: PolicyStore;
    beforeEach(async () => {
      store = await make();
    });

    it('is empty at first', async () => {
      expect(await store.newest()).toBeUndefined();
      expect(await store.active()).toBeUndefined();
      expect(await store.get(versionOf(1))).toBeUndefined();
      expect(await store.list({ limit: 10 })).toEqual([]);
      expect(await store.activations(10)).toEqual([]);
    });

    it('gives back exactly what was inserted: text, instant, author, note and fingerprint', async () => {
      const document = `{ // ünï\u{1f600} ${'x'.repeat(200_000)}\r\n}`;
      const policy = aPolicy(1, { document, note: 'Zoë’s first ✍️', author: 4_294_967_296, sha256: 'ab'.repeat(32) });
      expect(await store.insert(policy)).toBe(true);
      expect(await store.get(versionOf(1))).toEqual(policy);
    });

    it('refuses a version that exists, and leaves the first as it was', async () => {
      await store.insert(aPolicy(1));
      expect(await store.insert(aPolicy(1, { note: 'another', document: '{}' }))).toBe(false);
      expect(await store.get(versionOf(1))).toEqual(aPolicy(1));
    });

    it('lets exactly one of several insertions of a version win', async () => {
      const answers = await Promise.all([1, 2, 3, 4, 5, 6].map((author) => store.insert(aPolicy(1, { author }))));
      expect(answers.filter((inserted) => inserted)).toHaveLength(1);
    });

    it('lists newest first, without texts, below a version and up to a limit', async () => {
      for (const version of [2, 10, 1, 3]) await store.insert(aPolicy(version));
      const { document: _, ...summary } = aPolicy(10);
      expect(await store.newest()).toEqual(summary);
      const versions = async (page: { before?: PolicyVersion; limit: number }): Promise<readonly number[]> =>
        (await store.list(page)).map(({ version }) => version);
      expect(await versions({ limit: 10 })).toEqual([10, 3, 2, 1]);
      expect(await versions({ limit: 2 })).toEqual([10, 3]);
      expect(await versions({ before: versionOf(3), limit: 10 })).toEqual([2, 1]);
      expect((await store.list({ limit: 1 }))[0]).toEqual(summary);
    });

    it('has the version of the newest activation as the active one, older versions too', async () => {
      for (const version of [1, 2]) await store.insert(aPolicy(version));
      await store.activate(anActivation(2, 5));
      expect(await store.active()).toBe(2);
      await store.activate(anActivation(1, 4));
      expect(await store.active()).toBe(1);
      expect(await store.activations(10)).toEqual([anActivation(1, 4), anActivation(2, 5)]);
      expect(await store.activations(1)).toEqual([anActivation(1, 4)]);
    });
  });
}
