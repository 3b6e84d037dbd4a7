import { beforeEach, describe, expect, it } from '@jest/globals';
import { OPERATOR } from '../../../../src/audit/audit-entry.js';
import { makeActivateKey } from '../../../../src/identity/agents/activate-key.js';
import type { AgentStores } from '../../../../src/identity/agents/manage-agents.js';
import { makeKeyUses } from '../../../../src/identity/agents/key-uses.js';
import {
  makeAddKey,
  makeRevokeKey,
  makeRotateKey,
  type RotateKey,
} from '../../../../src/identity/agents/manage-keys.js';
import { shownState, type AgentKey } from '../../../../src/identity/agents/agent.js';
import type { InTransaction } from '../../../../src/kernel/in-transaction.js';
import type { KeyId } from '../../../../src/kernel/ids.js';
import { Secret } from '../../../../src/kernel/secret.js';
import { makeSealedBox } from '../../../../src/secrets/sealed-box.js';
import { aKey, anAgent } from '../../../contracts/agent-store.contract.js';
import { agentOf } from '../../../support/audit-entries.js';
import { FakeAgentStore } from '../../../support/fakes/fake-agent-store.js';
import { FakeAuditLog } from '../../../support/fakes/fake-audit-log.js';

const DAY = 86_400;
const AGENT = agentOf('a');
let now: Date;
let agents: FakeAgentStore;
let audit: FakeAuditLog;
let counter: number;

const inTransaction: InTransaction<AgentStores> = (work) =>
  audit.inTransaction(async (stores) => {
    const undo = agents.snapshot();
    try {
      return await work({ ...stores, agents });
    } catch (error) {
      undo();
      throw error;
    }
  });
/** RFC 8032, section 7.1, test 1. */
const SOUND = Buffer.from('d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a', 'hex');
const random = (count: number): Uint8Array => new Uint8Array(count).fill((counter += 1));
const deps = {
  inTransaction,
  box: makeSealedBox([new Secret(new Uint8Array(32).fill(1))], random),
  clock: { now: (): Date => now },
  random,
};
const rotate = (id: string, more: Partial<Parameters<RotateKey>[0]> = {}) =>
  makeRotateKey(deps)({
    agentId: AGENT,
    keyId: id as KeyId,
    overlapSeconds: DAY,
    force: false,
    actor: OPERATOR,
    ...more,
  });
const activate = (id: string, more: { overlapSeconds?: number; force?: boolean } = {}) =>
  makeActivateKey(deps)({
    agentId: AGENT,
    keyId: id as KeyId,
    overlapSeconds: DAY,
    force: false,
    actor: OPERATOR,
    ...more,
  });
const states = (): Record<string, string> =>
  Object.fromEntries(agents.keys.map((key) => [key.id, shownState(key, now)]));
const later = (seconds: number): void => {
  now = new Date(now.getTime() + seconds * 1_000);
};
const kinds = async (): Promise<string[]> => (await audit.after(0, 100)).map(({ kind }) => kind);

beforeEach(async () => {
  now = new Date('2026-11-25T20:00:00Z');
  agents = new FakeAgentStore();
  audit = new FakeAuditLog();
  counter = 0;
  await agents.insert(anAgent('a'));
  await agents.insertKey(aKey('key_1', { sealedSecret: 'v1.x', allowedIps: ['192.0.2.0/24'] }));
});

describe('rotating with a pending key', () => {
  it('leaves the old one what it is until the new one is activated, and then for the overlap', async () => {
    const { key, oldKeyValidUntil } = await rotate('key_1', { pending: true });
    expect([oldKeyValidUntil, states()]).toEqual([null, { key_1: 'active', [key.id]: 'pending' }]);
    later(3 * DAY);
    const done = await activate(key.id);
    expect(done.oldKeyValidUntil).toEqual(new Date('2026-11-29T20:00:00Z'));
    expect(states()).toEqual({ key_1: 'retiring', [key.id]: 'active' });
    later(DAY);
    expect(states()).toEqual({ key_1: 'revoked', [key.id]: 'active' });
    expect(await kinds()).toEqual(['key.rotated', 'key.activated']);
  });

  it('is a rotation under way: another is refused, and with force it ends the pending key', async () => {
    const first = await rotate('key_1', { pending: true });
    await expect(rotate('key_1')).rejects.toMatchObject({ code: 'key_rotation_running' });
    const second = await rotate('key_1', { pending: true, force: true });
    expect(states()).toEqual({ key_1: 'active', [first.key.id]: 'revoked', [second.key.id]: 'pending' });
    await expect(activate(first.key.id)).rejects.toMatchObject({ code: 'not_found' });
  });

  it('kills the old key at once when it leaked, and erases its secret', async () => {
    const { key } = await rotate('key_1', { pending: true });
    await activate(key.id, { overlapSeconds: 0 });
    expect(states()).toEqual({ key_1: 'revoked', [key.id]: 'active' });
    expect(agents.keys.find(({ id }) => id === 'key_1')).not.toHaveProperty('sealedSecret');
  });

  it('activates only what is pending and alive', async () => {
    await expect(activate('key_1')).rejects.toMatchObject({ code: 'not_found' });
    await expect(activate('key_9')).rejects.toMatchObject({ code: 'not_found' });
    const { key } = await rotate('key_1', { pending: true, bounds: { expiresAt: new Date('2026-11-26T00:00:00Z') } });
    later(DAY);
    await expect(activate(key.id)).rejects.toMatchObject({ code: 'not_found' });
    expect(states()).toEqual({ key_1: 'active', [key.id]: 'revoked' });
  });

  it('keeps the address ranges of the key before, unless others are given or they are taken away', async () => {
    const same = await rotate('key_1', { pending: true });
    const other = await rotate('key_1', { pending: true, force: true, bounds: { allowedIps: ['::1'] } });
    const none = await rotate('key_1', { pending: true, force: true, bounds: { allowedIps: null } });
    const ranges = [same, other, none].map(({ key }) => key.allowedIps);
    expect(ranges).toEqual([['192.0.2.0/24'], ['::1'], undefined]);
  });
});

describe('rotating at once', () => {
  it('is refused in the overlap of the rotation before, and with force drops the older key', async () => {
    const { key: second } = await rotate('key_1');
    await expect(rotate(second.id)).rejects.toMatchObject({
      code: 'key_rotation_running',
      extras: { members: { retiring: [{ id: 'key_1', state: 'retiring', notAfter: '2026-11-26T20:00:00.000Z' }] } },
    });
    const { key: third } = await rotate(second.id, { force: true });
    expect(states()).toEqual({ key_1: 'revoked', [second.id]: 'retiring', [third.id]: 'active' });
    later(DAY);
    await rotate(third.id);
  });

  it('needs the new public half of an Ed25519 key, and none of another length', async () => {
    await agents.insertKey(aKey('key_ed', { algorithm: 'ed25519', publicKey: 'x' }));
    await expect(rotate('key_ed')).rejects.toMatchObject({ code: 'args_invalid' });
    await expect(rotate('key_ed', { publicKey: new Uint8Array(31) })).rejects.toMatchObject({ code: 'args_invalid' });
    const { key, secret } = await rotate('key_ed', { publicKey: SOUND, overlapSeconds: 0 });
    expect([key.algorithm, secret]).toEqual(['ed25519', null]);
    expect(key).not.toHaveProperty('sealedSecret');
  });

  it('makes an Ed25519 key of the public half that is brought, whatever the old one was', async () => {
    const { key, secret } = await rotate('key_1', { publicKey: SOUND });
    expect([key.algorithm, key.publicKey, secret]).toEqual(['ed25519', SOUND.toString('base64'), null]);
  });

  it.each([
    ['0', '00'.repeat(32)],
    ['1', `01${'00'.repeat(31)}`],
    ['1, with the sign of x', `01${'00'.repeat(30)}80`],
    ['of order 8', '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05'],
    ['of order 8, the other', 'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a'],
    ['of order 8, with the sign', 'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa'],
    ['-1', `ec${'ff'.repeat(30)}7f`],
    ['0 beyond the field', `ed${'ff'.repeat(30)}7f`],
    ['1 beyond the field', `ee${'ff'.repeat(30)}ff`],
  ])('takes no public key for which anybody can sign: %s', async (_name, hex) => {
    const publicKey = Buffer.from(hex, 'hex');
    await expect(rotate('key_1', { publicKey })).rejects.toMatchObject({ code: 'args_invalid' });
  });

  it('never moves the end of a retiring key to a later time', async () => {
    const { key } = await rotate('key_1', { overlapSeconds: 60 });
    await makeRevokeKey(deps)({ agentId: AGENT, keyId: key.id, actor: OPERATOR });
    const { oldKeyValidUntil } = await rotate('key_1', { overlapSeconds: 7 * DAY, force: true });
    expect(oldKeyValidUntil).toEqual(new Date(now.getTime() + 60_000));
  });

  it('leaves no third key alive', async () => {
    await agents.insertKey(aKey('key_2'));
    await expect(rotate('key_1')).rejects.toMatchObject({ code: 'args_invalid' });
    await expect(rotate('key_1', { force: true })).rejects.toMatchObject({ code: 'args_invalid' });
    await expect(rotate('key_1', { overlapSeconds: 0 })).resolves.toMatchObject({ key: { state: 'active' } });
  });

  it.each<[string, Partial<AgentKey>]>([
    ['revoked', { state: 'revoked' }],
    ['pending', { state: 'pending' }],
    ['past its time', { expiresAt: new Date('2026-11-25T20:00:00Z') }],
  ])('knows no live key that is %s', async (_name, changes) => {
    await agents.insertKey(aKey('key_2', changes));
    await expect(rotate('key_2')).rejects.toMatchObject({ code: 'not_found' });
  });
});

describe('further keys', () => {
  const add = (pending: boolean) =>
    makeAddKey(deps)({ agentId: AGENT, key: { algorithm: 'hmac-sha256' }, pending, actor: OPERATOR });

  it('are at most two that live and one that waits', async () => {
    await add(false);
    await expect(add(false)).rejects.toMatchObject({ code: 'args_invalid' });
    const { key } = await add(true);
    await expect(add(true)).rejects.toMatchObject({ code: 'args_invalid' });
    await expect(activate(key.id)).rejects.toMatchObject({ code: 'args_invalid' });
    await makeRevokeKey(deps)({ agentId: AGENT, keyId: 'key_1' as KeyId, actor: OPERATOR });
    expect((await activate(key.id)).oldKeyValidUntil).toBeNull();
  });
});

describe('uses of keys', () => {
  it('are written together, kept when that fails, and counted for a retiring key alone', async () => {
    const uses = makeKeyUses(agents);
    const key = { id: 'key_1' as KeyId, state: 'active' } as const;
    for (let count = 0; count < 1_000; count += 1) uses.note(key, now);
    const broken = makeKeyUses({ noteUses: () => Promise.reject(new Error('gone')) });
    broken.note(key, now);
    await expect(broken.flush()).rejects.toThrow('gone');
    await expect(broken.flush()).rejects.toThrow('gone');
    later(1);
    uses.note({ ...key, state: 'retiring' }, now);
    uses.note({ ...key, state: 'retiring' }, new Date(now.getTime() - 500));
    await uses.flush();
    await uses.flush();
    expect(agents.keys[0]).toMatchObject({ lastUsedAt: now, retiringUses: 2 });
  });
});
