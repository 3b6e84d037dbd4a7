import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import type { AuditEntry, NewAuditEntry } from '../../../src/audit/audit-entry.js';
import { appendToChain, EMPTY_CHAIN, headAfter } from '../../../src/audit/hash-chain.js';
import { fullEntry, minute } from '../../support/audit-entries.js';

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

  it('refuses what has no canonical form, instead of writing something that verifies by luck', () => {
    expect(() => appendToChain(EMPTY_CHAIN, fullEntry({ detail: '\ud800' }), SALT)).toThrow(TypeError);
    expect(() => appendToChain(EMPTY_CHAIN, fullEntry({ detail: Number.NaN }), SALT)).toThrow(TypeError);
  });
});
