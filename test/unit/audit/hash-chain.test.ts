import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import type { AuditEntry, NewAuditEntry } from '../../../src/audit/audit-entry.js';
import { appendToChain, EMPTY_CHAIN, faultOf, headAfter } from '../../../src/audit/hash-chain.js';
import { callOf, fullEntry, minute, userOf } from '../../support/audit-entries.js';

const SALT = '0123456789abcdef0123456789abcdef';
const chain = (entries: readonly NewAuditEntry[]): readonly AuditEntry[] => {
  let head = EMPTY_CHAIN;
  return entries.map((entry) => {
    const next = appendToChain(head, entry, SALT);
    head = headAfter(next);
    return next;
  });
};
const sha256 = (text: string): string => createHash('sha256').update(text, 'utf8').digest('hex');

describe('the hash chain', () => {
  it('hashes what anybody can compute again from the row, by hand', () => {
    const none = { userId: null, agentId: null, credential: null, ip: '198.51.100.4' };
    const entry = appendToChain(
      EMPTY_CHAIN,
      { kind: 'auth.refused', at: minute(0), actor: none, detail: { a: 1 } },
      SALT,
    );
    const privateDigest = sha256(`${SALT}.{"arguments":null,"detail":{"a":1},"findings":null,"ip":"198.51.100.4"}`);
    expect(entry.privateDigest).toBe(privateDigest);
    expect(entry.hash).toBe(
      sha256(
        '{"afterDigest":null,"agentId":null,"beforeDigest":null,"callId":null,"code":null,"credential":null,"entityId":null,' +
          `"entityType":null,"id":1,"kind":"auth.refused","outcome":null,"policyVersion":null,"prevHash":"${'0'.repeat(64)}",` +
          `"privateDigest":"${privateDigest}","tool":null,"ts":"2026-11-22T20:00:00.125Z","userId":null,"verdict":null}`,
      ),
    );
  });

  it('numbers from 1 and links each entry to the one before', () => {
    const [first, second, third] = chain([fullEntry(), fullEntry(), fullEntry()]);
    expect([first?.id, second?.id, third?.id]).toEqual([1, 2, 3]);
    expect(first?.prevHash).toBe('0'.repeat(64));
    expect(second?.prevHash).toBe(first?.hash);
    expect(third?.prevHash).toBe(second?.hash);
    expect(new Set([first?.hash, second?.hash, third?.hash]).size).toBe(3);
  });

  it('does not let a guess at the private part be confirmed without its salt', () => {
    const [one, other] = ['1'.repeat(32), '2'.repeat(32)].map((salt) => appendToChain(EMPTY_CHAIN, fullEntry(), salt));
    expect(one?.privateDigest).not.toBe(other?.privateDigest);
  });

  const good = appendToChain(EMPTY_CHAIN, fullEntry(), SALT);
  it('finds nothing wrong with what it made', () => {
    expect(faultOf(EMPTY_CHAIN, good)).toBeUndefined();
    expect(faultOf(headAfter(good), good)).toBe('number');
  });

  it.each<[string, Partial<AuditEntry>, string]>([
    ['kind', { kind: 'call.intent' }, 'hash'],
    ['instant', { at: new Date(minute(0).getTime() + 1) }, 'hash'],
    ['user', { actor: { ...good.actor, userId: userOf(8) } }, 'hash'],
    ['agent', { actor: { ...good.actor, agentId: null } }, 'hash'],
    ['credential', { actor: { ...good.actor, credential: 'bridge' } }, 'hash'],
    ['address', { actor: { ...good.actor, ip: null } }, 'private_part'],
    ['call', { callId: callOf('d') }, 'hash'],
    ['tool', { tool: 'posts.updatE' }, 'hash'],
    ['entity type', { entity: { type: 'page', id: 12 } }, 'hash'],
    ['entity id', { entity: { type: 'post', id: 13 } }, 'hash'],
    ['policy version', { policyVersion: 4 as never }, 'hash'],
    ['verdict', { verdict: 'deny' }, 'hash'],
    ['code', { code: 'internal' }, 'hash'],
    ['findings', { findings: [] }, 'private_part'],
    ['arguments', { arguments: { title: 'x' } }, 'private_part'],
    ['detail', { detail: null }, 'private_part'],
    ['digest before', { beforeDigest: 'c'.repeat(64) }, 'hash'],
    ['digest after', { afterDigest: 'c'.repeat(64) }, 'hash'],
    ['outcome', { outcome: 'failed' }, 'hash'],
    ['salt', { salt: '0'.repeat(32) }, 'private_part'],
    ['private digest', { privateDigest: 'c'.repeat(64) }, 'private_part'],
    ['previous hash', { prevHash: 'c'.repeat(64) }, 'previous_hash'],
    ['hash', { hash: 'c'.repeat(64) }, 'hash'],
    ['number', { id: 2 as never }, 'number'],
    ['form', { damaged: true }, 'form'],
  ])('finds a changed %s', (_name, changes, fault) => {
    expect(faultOf(EMPTY_CHAIN, { ...good, ...changes })).toBe(fault);
  });

  it('refuses what has no canonical form, instead of writing something that verifies by luck', () => {
    expect(() => appendToChain(EMPTY_CHAIN, fullEntry({ detail: '\ud800' }), SALT)).toThrow(TypeError);
    expect(() => appendToChain(EMPTY_CHAIN, fullEntry({ detail: Number.NaN }), SALT)).toThrow(TypeError);
  });
});
