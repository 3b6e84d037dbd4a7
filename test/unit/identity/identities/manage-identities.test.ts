import { beforeEach, describe, expect, it } from '@jest/globals';
import { OPERATOR } from '../../../../src/audit/audit-entry.js';
import {
  makeAddIdentity,
  makeRemoveIdentity,
  type AddIdentity,
  type IdentityDeps,
} from '../../../../src/identity/identities/manage-identities.js';
import type { Principal } from '../../../../src/identity/principal.js';
import type { InTransaction } from '../../../../src/kernel/in-transaction.js';
import { identityStoreContract } from '../../../contracts/identity-store.contract.js';
import { minute, userOf } from '../../../support/audit-entries.js';
import { FakeAuditLog } from '../../../support/fakes/fake-audit-log.js';
import { FakeIdentityStore } from '../../../support/fakes/fake-identity-store.js';

identityStoreContract('in memory', async () => Promise.resolve(new FakeIdentityStore()));

const ISSUER = 'https://login.example/realms/site';
const NOW = minute(3);
const having = (...names: readonly string[]) => ({ has: (name: string) => names.includes(name) });
const EVERYTHING = { has: () => true };
/** Users of the site, by what they may. */
const USERS: Readonly<Record<number, readonly string[]>> = {
  7: ['edit_posts'],
  8: ['ai_agent_manage_policies'],
  9: ['manage_options'],
};

let identities: FakeIdentityStore;
let audit: FakeAuditLog;

function deps(issuer?: string): IdentityDeps {
  const inTransaction: InTransaction<{ identities: FakeIdentityStore; audit: never }> = (work) =>
    audit.inTransaction(async (stores) => {
      const undo = identities.snapshot();
      try {
        return await work({ audit: stores.audit as never, identities });
      } catch (error) {
        undo();
        throw error;
      }
    });
  return {
    inTransaction: inTransaction,
    loadPrincipal: ({ userId }) => {
      const may = USERS[userId];
      const user = { userId, capabilities: having(...(may ?? [])) } as Principal;
      return Promise.resolve(may === undefined ? undefined : user);
    },
    clock: { now: () => NOW },
    ...(issuer === undefined ? {} : { issuer }),
  };
}

const add = (changes: Partial<Parameters<AddIdentity>[0]> = {}, issuer?: string) =>
  makeAddIdentity(deps(issuer))({
    issuer: ISSUER,
    subject: 'alice',
    userId: userOf(7),
    actor: OPERATOR,
    capabilities: EVERYTHING,
    ...changes,
  });
const remove = (subject: string, userId?: number) =>
  makeRemoveIdentity(deps())({
    issuer: ISSUER,
    subject,
    actor: OPERATOR,
    ...(userId === undefined ? {} : { userId: userOf(userId) }),
  });

beforeEach(() => {
  identities = new FakeIdentityStore();
  audit = new FakeAuditLog();
});

describe('binding a subject', () => {
  it('makes one row and one entry, and again nothing', async () => {
    const bound = { issuer: ISSUER, subject: 'alice', userId: 7, createdAt: NOW };
    expect(await add()).toEqual({ identity: bound, isNew: true });
    expect(await add()).toEqual({ identity: bound, isNew: false });
    expect(identities.rows).toHaveLength(1);
    expect((await audit.list({}, { limit: 9 })).map(({ kind, detail }) => ({ kind, detail }))).toEqual([
      { kind: 'auth.identity_added', detail: { issuer: ISSUER, subject: 'alice', userId: 7 } },
    ]);
  });

  it('to another user is refused while it is bound', async () => {
    await add();
    await expect(add({ userId: userOf(8) })).rejects.toMatchObject({ code: 'args_invalid' });
    expect(identities.rows).toMatchObject([{ userId: 7 }]);
    expect(audit.rows).toHaveLength(1);
  });

  it.each<[string, Parameters<typeof add>[0]]>([
    ['no user', { userId: userOf(99) }],
    ['nobody', { subject: '' }],
    ['a space in front', { subject: ' alice' }],
    ['a line break', { subject: 'alice\n' }],
    ['an invisible character', { subject: 'ali\u200bce' }],
    ['a name that turns its reader around', { subject: '\u202eecila' }],
    ['too many bytes', { subject: 'ü'.repeat(257) }],
    ['no address', { issuer: 'login.example' }],
    ['another kind of address', { issuer: 'ftp://login.example' }],
    ['a query', { issuer: `${ISSUER}?a=1` }],
  ])('to %s, or of it, is refused', async (_what, changes) => {
    await expect(add(changes)).rejects.toMatchObject({ code: 'args_invalid' });
    expect(identities.rows).toEqual([]);
    expect(audit.rows).toEqual([]);
  });

  it('is for the configured issuer, in its spelling', async () => {
    const configured = 'https://tenant.example/';
    expect((await add({ issuer: 'https://tenant.example' }, configured)).identity.issuer).toBe(configured);
    await expect(add({ issuer: 'https://tenant.example/other' }, configured)).rejects.toMatchObject({
      code: 'args_invalid',
      message: expect.stringContaining(configured),
    });
  });

  it('hands out no right of an administrator that the binder lacks', async () => {
    const capabilities = having('ai_agent_manage_agents');
    await expect(add({ userId: userOf(9), capabilities })).rejects.toMatchObject({
      code: 'capability_missing',
      extras: { members: { unlock: { capability: 'manage_options' } } },
    });
  });

  it('hands out no capability of ours that the binder lacks', async () => {
    const capabilities = having('ai_agent_manage_agents');
    await expect(add({ userId: userOf(8), capabilities })).rejects.toMatchObject({
      code: 'capability_missing',
      extras: { members: { unlock: { capability: 'ai_agent_manage_policies' } } },
    });
    expect((await add({ userId: userOf(7), capabilities })).isNew).toBe(true);
    const both = having('ai_agent_manage_agents', 'ai_agent_manage_policies');
    expect((await add({ subject: 'bob', userId: userOf(8), capabilities: both })).isNew).toBe(true);
  });
});

describe('removing one', () => {
  it('makes it nobody, with an entry', async () => {
    await add();
    expect(await remove('alice')).toMatchObject({ subject: 'alice', userId: 7 });
    expect(identities.rows).toEqual([]);
    expect((await audit.list({}, { limit: 9 })).map(({ kind }) => kind)).toEqual([
      'auth.identity_removed',
      'auth.identity_added',
    ]);
  });

  it('is not_found when it is not there, or is somebody else', async () => {
    await add();
    await expect(remove('bob')).rejects.toMatchObject({ code: 'not_found' });
    await expect(remove('alice', 8)).rejects.toMatchObject({ code: 'not_found' });
    expect(await remove('alice', 7)).toMatchObject({ userId: 7 });
  });
});
