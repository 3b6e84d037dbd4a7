import { describe, expect, it } from '@jest/globals';
import type { AuditEntry } from '../../../src/audit/audit-entry.js';
import { AUDIT_COLUMNS, auditFromRow, auditToRow, type AuditRow } from '../../../src/audit/audit-row.js';
import { appendToChain, EMPTY_CHAIN } from '../../../src/audit/hash-chain.js';
import { fullEntry } from '../../support/audit-entries.js';

const SALT = '0123456789abcdef0123456789abcdef';
const entry = appendToChain(EMPTY_CHAIN, fullEntry(), SALT);
const row = auditToRow(entry);
const read = (changes: Partial<AuditRow>): AuditEntry => auditFromRow({ ...row, ...changes });

describe('the codec of audit rows', () => {
  it('writes every column, and comes back the same', () => {
    expect(Object.keys(row)).toEqual([...AUDIT_COLUMNS]);
    expect(read({})).toEqual(entry);
    expect(row.ts).toBe('2026-11-22 20:00:00.125000');
  });

  it('writes nothing and null alike', () => {
    const nothing = appendToChain(EMPTY_CHAIN, fullEntry({ findings: null, arguments: null, detail: null }), SALT);
    expect(auditToRow(nothing)).toMatchObject({ findings: null, arguments: null, detail: null });
  });

  it.each<[string, Partial<AuditRow>]>([
    ['a microsecond', { ts: '2026-11-22 20:00:00.125001' }],
    ['a zero date', { ts: '0000-00-00 00:00:00.000000' }],
    ['no date at all', { ts: 'yesterday' }],
    ['an entity id without its type', { entity_type: null }],
    ['no salt', { salt: null }],
    ['JSON in another spelling', { detail: '{ "note":"line\\nbreak"}' }],
    ['JSON that is none', { detail: '{' }],
    ['an empty text for JSON', { arguments: '' }],
    ["JSON's null where nothing was", { findings: 'null' }],
    ['a lone surrogate', { detail: '"\\ud800"' }],
    ['a number beyond all numbers', { arguments: '[1e999]' }],
    ['nesting beyond the stack', { arguments: `${'['.repeat(100_000)}${']'.repeat(100_000)}` }],
  ])('marks as damaged a row with %s, and can still print it', (_name, changes) => {
    const damaged = read(changes);
    expect(damaged.damaged).toBe(true);
    expect(() => JSON.stringify(damaged)).not.toThrow();
  });

  it('shows a kind that is not ours as it is', () => {
    expect(read({ kind: 'call.invented' }).kind).toBe('call.invented');
  });
});
