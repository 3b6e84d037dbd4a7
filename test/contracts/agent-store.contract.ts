import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Agent, AgentKey } from '../../src/identity/agents/agent.js';
import type { AgentStore } from '../../src/identity/agents/agent-store.js';
import type { AgentId, KeyId, WpUserId } from '../../src/kernel/ids.js';
import { agentOf, minute, userOf } from '../support/audit-entries.js';

const keyOf = (name: string): KeyId => name as KeyId;

export function anAgent(letter: string, changes: Partial<Agent> = {}): Agent {
  return {
    id: agentOf(letter),
    name: `Agent ${letter}`,
    userId: userOf(letter.charCodeAt(0)),
    state: 'active',
    directUse: false,
    createdAt: minute(letter.charCodeAt(0)),
    ...changes,
  };
}

export function aKey(id: string, changes: Partial<AgentKey> = {}): AgentKey {
  const base = {
    id: keyOf(id),
    agentId: agentOf('a'),
    algorithm: 'hmac-sha256',
    state: 'active',
    retiringUses: 0,
    createdAt: minute(1),
  } as const;
  return { ...base, ...changes };
}

/** What every store of agents promises. `make` gives an empty one. */
export function agentStoreContract(name: string, make: () => Promise<AgentStore>): void {
  describe(`the agent store contract: ${name}`, () => {
    let store: AgentStore;
    beforeEach(async () => {
      store = await make();
    });

    it('is empty at first', async () => {
      expect(await store.list({ limit: 100 })).toEqual([]);
      expect(await store.get(agentOf('a'))).toBeUndefined();
      expect(await store.byUser(userOf(1))).toBeUndefined();
      expect(await store.key(keyOf('key_a'))).toBeUndefined();
    });

    it('gives back what was inserted, by id and by user', async () => {
      const agent = anAgent('a', {
        name: 'Zoë’s ✍️',
        userId: 4_294_967_296 as WpUserId,
        state: 'suspended',
        directUse: true,
      });
      expect(await store.insert(agent)).toBe(true);
      expect(await store.get(agent.id)).toEqual(agent);
      expect(await store.byUser(agent.userId)).toEqual(agent);
      expect(await store.byUser(userOf(1))).toBeUndefined();
    });

    it('binds a user to one agent, whoever asks first, at once or later', async () => {
      const answers = await Promise.all(
        'abcdef'.split('').map((letter) => store.insert(anAgent(letter, { userId: userOf(7) }))),
      );
      expect(answers.filter((inserted) => inserted)).toHaveLength(1);
      expect(await store.insert(anAgent('z', { userId: userOf(7) }))).toBe(false);
      expect(await store.list({ limit: 100 })).toHaveLength(1);
    });

    it('lists in the order in which they were made', async () => {
      for (const letter of ['c', 'a', 'b']) await store.insert(anAgent(letter));
      expect((await store.list({ limit: 100 })).map(({ id }) => id)).toEqual(['a', 'b', 'c'].map(agentOf));
    });

    it('gives a key with the agent whose it is', async () => {
      await store.insert(anAgent('a'));
      await store.insert(anAgent('b'));
      const sealed = aKey('key_a', { sealedSecret: 'v1.sealed', state: 'retiring', notAfter: minute(9) });
      const open = aKey('key.B:7', { agentId: agentOf('b'), algorithm: 'ed25519', publicKey: 'A'.repeat(43) + '=' });
      await store.insertKey(sealed);
      await store.insertKey(open);
      expect(await store.key(sealed.id)).toEqual({ key: sealed, agent: anAgent('a') });
      expect(await store.key(open.id)).toEqual({ key: open, agent: anAgent('b') });
    });

    it('tells ids apart to the letter', async () => {
      await store.insert(anAgent('a'));
      await store.insertKey(aKey('key_a'));
      for (const id of ['KEY_A', 'key_A', 'key_ä', 'key_%', '']) expect(await store.key(keyOf(id))).toBeUndefined();
      expect(await store.get(agentOf('A'))).toBeUndefined();
    });

    it('changes what is named of an agent and nothing else', async () => {
      await store.insert(anAgent('a'));
      await store.insert(anAgent('b'));
      expect(await store.update(agentOf('a'), { state: 'suspended' }, minute(9))).toBe(true);
      expect(await store.get(agentOf('a'))).toEqual(anAgent('a', { state: 'suspended' }));
      expect(await store.update(agentOf('a'), { state: 'suspended' }, minute(9))).toBe(true);
      expect(await store.update(agentOf('a'), { name: 'New', directUse: true }, minute(9))).toBe(true);
      expect(await store.get(agentOf('a'))).toEqual(anAgent('a', { state: 'suspended', name: 'New', directUse: true }));
      expect(await store.get(agentOf('b'))).toEqual(anAgent('b'));
      expect(await store.update(agentOf('z'), { name: 'New' }, minute(9))).toBe(false);
    });

    it('keeps bounds, takes one away with null, and leaves what is not named', async () => {
      const bounds = {
        tools: ['posts.*', 'site.info'],
        expiresAt: minute(99),
        allowedIps: ['192.0.2.0/24', '2001:db8::/32'],
      };
      await store.insert(anAgent('a', bounds));
      expect(await store.get(agentOf('a'))).toEqual(anAgent('a', bounds));
      await store.update(agentOf('a'), { tools: null }, minute(9));
      const { tools: _gone, ...rest } = bounds;
      expect(await store.get(agentOf('a'))).toEqual(anAgent('a', rest));
      await store.update(agentOf('a'), { expiresAt: null, allowedIps: ['::1'] }, minute(9));
      expect(await store.get(agentOf('a'))).toEqual(anAgent('a', { allowedIps: ['::1'] }));
    });

    it('lists in pages, each strictly after the one before', async () => {
      for (const letter of ['a', 'b', 'c', 'd', 'e']) await store.insert(anAgent(letter, { createdAt: minute(1) }));
      const first = await store.list({ limit: 2 });
      const second = await store.list({ limit: 2, after: agentOf('b') });
      const last = await store.list({ limit: 2, after: agentOf('d') });
      expect([first, second, last].map((page) => page.map(({ id }) => id))).toEqual(
        [['a', 'b'], ['c', 'd'], ['e']].map((page) => page.map(agentOf)),
      );
      expect(await store.list({ limit: 2, after: agentOf('e') })).toEqual([]);
    });

    it('keeps everything of a key, and erases the secret of a revoked one', async () => {
      await store.insert(anAgent('a'));
      const bounds = { expiresAt: minute(99), allowedIps: ['192.0.2.7'], fingerprint: '01234567' };
      const key = aKey('key_a', { ...bounds, sealedSecret: 'v1.x', state: 'pending', replaces: keyOf('key_z') });
      await store.insertKey(key);
      expect(await store.keysOf(agentOf('a'))).toEqual([key]);
      await store.setKeyState(key.id, { state: 'revoked', notAfter: minute(3), at: minute(3) });
      const [revoked] = await store.keysOf(agentOf('a'));
      expect(revoked).toMatchObject({ ...bounds, state: 'revoked', notAfter: minute(3) });
      expect(revoked).not.toHaveProperty('sealedSecret');
    });

    it('adds uses up, keeps the latest instant, and passes over a key that is gone', async () => {
      await store.insert(anAgent('a'));
      await store.insertKey(aKey('key_a'));
      const use = (id: string, at: number, retiringUses: number) => ({
        id: keyOf(id),
        lastUsedAt: minute(at),
        retiringUses,
      });
      await store.noteUses([use('key_a', 5, 2), use('key_gone', 5, 2)]);
      await store.noteUses([use('key_a', 4, 3)]);
      expect(await store.keysOf(agentOf('a'))).toMatchObject([{ lastUsedAt: minute(5), retiringUses: 5 }]);
    });

    it('erases the secrets of keys that have ended, and of no others', async () => {
      await store.insert(anAgent('a'));
      const sealedSecret = 'sealed';
      await store.insertKey(aKey('key_active', { sealedSecret }));
      await store.insertKey(aKey('key_retiring', { sealedSecret, state: 'retiring', notAfter: minute(6) }));
      await store.insertKey(aKey('key_retired', { sealedSecret, state: 'retiring', notAfter: minute(5) }));
      await store.insertKey(aKey('key_expired', { sealedSecret, expiresAt: minute(4) }));
      expect(await store.eraseEnded(minute(5))).toBe(2);
      expect(await store.eraseEnded(minute(5))).toBe(0);
      const kept = (await store.keysOf(agentOf('a'))).filter(({ sealedSecret }) => sealedSecret !== undefined);
      expect(kept.map(({ id }) => id).sort()).toEqual(['key_active', 'key_retiring']);
    });

    it('removes an agent with its keys, and frees its user', async () => {
      await store.insert(anAgent('a'));
      await store.insert(anAgent('b'));
      await store.insertKey(aKey('key_a'));
      await store.insertKey(aKey('key_b', { agentId: agentOf('b') }));
      expect(await store.remove(agentOf('a'))).toBe(true);
      expect(await store.remove(agentOf('a'))).toBe(false);
      expect(await store.key(keyOf('key_a'))).toBeUndefined();
      expect(await store.key(keyOf('key_b'))).toBeDefined();
      expect(await store.insert(anAgent('c', { userId: anAgent('a').userId }))).toBe(true);
    });

    it('lists the keys of an agent, oldest first, and changes the state of one', async () => {
      await store.insert(anAgent('a'));
      for (const [id, at] of [
        ['key_2', 2],
        ['key_1', 1],
      ] as const)
        await store.insertKey(aKey(id, { createdAt: minute(at) }));
      await store.insertKey(aKey('key_other', { agentId: agentOf('b') }));
      await store.setKeyState(keyOf('key_1'), { state: 'retiring', notAfter: minute(9), at: minute(3) });
      const keys = [
        aKey('key_1', { createdAt: minute(1), state: 'retiring', notAfter: minute(9) }),
        aKey('key_2', { createdAt: minute(2) }),
      ];
      expect(await store.keysOf(agentOf('a'))).toEqual(keys);
      expect(await store.lockKeys(agentOf('a'))).toEqual(keys);
      await store.setKeyState(keyOf('key_1'), { state: 'revoked', notAfter: null, at: minute(4) });
      expect((await store.keysOf(agentOf('a')))[0]).toEqual(aKey('key_1', { createdAt: minute(1), state: 'revoked' }));
    });

    it('gives no key of an agent that is gone', async () => {
      await store.insertKey(aKey('key_a', { agentId: 'agt_nobody' as AgentId }));
      expect(await store.key(keyOf('key_a'))).toBeUndefined();
    });
  });
}
