import { inspect } from 'node:util';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { OPERATOR, type Actor } from '../../../../src/audit/audit-entry.js';
import { keyPlace, verifies, type AgentKey } from '../../../../src/identity/agents/agent.js';
import { makeCreateAgent, type CreateAgent, type CreatedAgent } from '../../../../src/identity/agents/create-agent.js';
import { Secret } from '../../../../src/kernel/secret.js';
import { makeSealedBox } from '../../../../src/secrets/sealed-box.js';
import { agentStoreContract, aKey } from '../../../contracts/agent-store.contract.js';
import { minute, userOf } from '../../../support/audit-entries.js';
import { FakeAgentStore } from '../../../support/fakes/fake-agent-store.js';
import { FakeAuditLog } from '../../../support/fakes/fake-audit-log.js';

agentStoreContract('in memory', async () => Promise.resolve(new FakeAgentStore()));

type KeyRequest = Parameters<CreateAgent>[0]['key'];

const NOW = minute(0);
let agents: FakeAgentStore;
let audit: FakeAuditLog;
let counter = 0;
const random = (count: number): Uint8Array => new Uint8Array(count).fill((counter += 1));
const box = makeSealedBox([new Secret(new Uint8Array(32).fill(1))], random);
const create = (
  key: KeyRequest = { algorithm: 'hmac-sha256' },
  user = 7,
  actor: Actor = OPERATOR,
): Promise<CreatedAgent> =>
  makeCreateAgent({
    inTransaction: (work) =>
      audit.inTransaction(async (stores) => {
        const undo = agents.snapshot();
        try {
          return await work({ ...stores, agents });
        } catch (error) {
          undo();
          throw error;
        }
      }),
    box,
    clock: { now: () => NOW },
    random,
  })({ name: 'Desk', userId: userOf(user), key, actor });

beforeEach(() => {
  agents = new FakeAgentStore();
  audit = new FakeAuditLog();
});

describe('creating an agent', () => {
  it('binds it, gives it a sealed secret, and writes both down without the secret', async () => {
    const { agent, keyId, secret } = await create();
    expect(agent).toMatchObject({ name: 'Desk', userId: 7, state: 'active', directUse: false, createdAt: NOW });
    const [key] = agents.keys;
    expect(key).toMatchObject({ id: keyId, agentId: agent.id, algorithm: 'hmac-sha256', state: 'active' });
    expect(box.open(key?.sealedSecret ?? '', keyPlace(keyId))).toBe(secret?.reveal());
    expect(Buffer.from(secret?.reveal() ?? '', 'base64')).toHaveLength(32);
    const entries = await audit.after(0, 10);
    expect(entries.map(({ kind, detail }) => [kind, detail])).toEqual([
      ['agent.created', { agentId: agent.id, name: 'Desk', userId: 7 }],
      ['key.created', { agentId: agent.id, keyId, algorithm: 'hmac-sha256' }],
    ]);
    expect(JSON.stringify([agents.keys, audit.rows])).not.toContain(secret?.reveal());
  });

  it('is never bound to the account of whoever makes it, which could administer nothing any more', async () => {
    const self: Actor = { userId: userOf(7), agentId: null, credential: 'bridge', ip: null };
    await expect(create({ algorithm: 'hmac-sha256' }, 7, self)).rejects.toMatchObject({ code: 'args_invalid' });
    expect([agents.keys, audit.rows]).toEqual([[], []]);
    await expect(create({ algorithm: 'hmac-sha256' }, 8, self)).resolves.toMatchObject({ agent: { userId: 8 } });
  });

  it('prints its secret nowhere but where it is revealed', async () => {
    const made = await create();
    const printed = inspect(made, { depth: 9, showHidden: true }) + JSON.stringify(made) + String(made.secret);
    expect(printed).not.toContain(made.secret?.reveal());
  });

  it('keeps the public half of an Ed25519 key, and has no secret to show', async () => {
    const publicKey = new Uint8Array(32).fill(9);
    expect(await create({ algorithm: 'ed25519', publicKey })).toMatchObject({ algorithm: 'ed25519', secret: null });
    expect(agents.keys).toMatchObject([{ publicKey: Buffer.from(publicKey).toString('base64') }]);
    expect(agents.keys[0]).not.toHaveProperty('sealedSecret');
  });

  it.each([0, 31, 33, 64])('refuses a public key of %i bytes, and makes nothing', async (length) => {
    const key = { algorithm: 'ed25519', publicKey: new Uint8Array(length) } as const;
    await expect(create(key)).rejects.toMatchObject({ code: 'args_invalid' });
    expect([agents.agents, agents.keys, audit.rows]).toEqual([[], [], []]);
  });

  it('refuses a user who is bound already, and makes nothing', async () => {
    await create();
    await expect(create()).rejects.toMatchObject({ code: 'args_invalid' });
    expect([agents.agents.length, agents.keys.length, audit.rows.length]).toEqual([1, 1, 2]);
    await create(undefined, 8);
    expect(agents.agents).toHaveLength(2);
  });
});

describe('a key verifies', () => {
  it.each<[string, Partial<AgentKey>, boolean]>([
    ['when it is active', {}, true],
    ['not when it is pending', { state: 'pending' }, false],
    ['not when it is revoked', { state: 'revoked', notAfter: minute(9) }, false],
    ['while it retires', { state: 'retiring', notAfter: minute(1) }, true],
    ['not at the end of its retirement', { state: 'retiring', notAfter: minute(0) }, false],
    ['not when it retires without an end', { state: 'retiring' }, false],
  ])('%s', (_name, changes, expected) => {
    expect(verifies(aKey('key_a', changes), NOW)).toBe(expected);
  });
});
