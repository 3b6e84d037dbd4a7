import { describe, expect, it } from '@jest/globals';
import { auditToRow, type AuditRow } from '../../../src/audit/audit-row.js';
import { evidenceOf, faultOf } from '../../../src/audit/evidence.js';
import { appendToChain, EMPTY_CHAIN, headAfter } from '../../../src/audit/hash-chain.js';
import { fullEntry, someEntries } from '../../support/audit-entries.js';
import { storedEntry } from '../../support/stored-entry.js';

const SALT = '0123456789abcdef0123456789abcdef';
const good = appendToChain(EMPTY_CHAIN, fullEntry(), SALT);
const row = auditToRow(good);
const evidenceOfRow = (row: AuditRow) => evidenceOf(storedEntry(row));
const fault = (changes: Partial<AuditRow>) => faultOf(EMPTY_CHAIN, evidenceOfRow({ ...row, ...changes }));

describe('an entry as evidence', () => {
  it('has the very texts that were hashed, whatever is in the entry', () => {
    let head = EMPTY_CHAIN;
    for (const entry of [...someEntries(9), fullEntry({ entity: { type: 'option' }, arguments: [], detail: '' })]) {
      const chained = appendToChain(head, entry, SALT);
      expect(faultOf(head, evidenceOfRow(auditToRow(chained)))).toBeUndefined();
      head = headAfter(chained);
    }
  });

  it.each(['a"b', 'a\\b', 'a/b', 'a\nb', 'a\u0000b', 'a\u007fb', 'ä\u2028', '\ud83d\ude00', '\n', ''])(
    'writes the tool %j as it was hashed',
    (tool) => {
      const chained = appendToChain(EMPTY_CHAIN, fullEntry({ tool }), SALT);
      expect(faultOf(EMPTY_CHAIN, evidenceOfRow(auditToRow(chained)))).toBeUndefined();
    },
  );

  it.each<[string, string, string | undefined]>([
    ['"a\\u000B\\"/\\\\b"', 'in capitals', undefined],
    ['"\\u0061\\u000b\\u0022\\/\\u005cb"', 'more than it must', undefined],
    ['"a\\\\u000b\\"/\\\\b"', 'something else', 'hash'],
    ['"a\\u000b\\"/\\\\b","tool":null', 'more members', 'form'],
    ['"a\\x"', 'what is no JSON', 'hash'],
    ['["a"]', 'what is no string', 'form'],
  ])('whose tool the server writes as %s (%s)', (written, _how, expected) => {
    const tool = 'a\u000b"/\\b';
    const stored = storedEntry(auditToRow(appendToChain(EMPTY_CHAIN, fullEntry({ tool }), SALT)));
    const json = stored.public_json?.replace(JSON.stringify(tool), () => written);
    expect(json).toContain(`"tool":${written}`);
    expect(faultOf(EMPTY_CHAIN, evidenceOf({ ...stored, public_json: json ?? null }))).toBe(expected);
  });

  it('that the server cannot write, or writes with more around it, is not ours', () => {
    const { public_json: json, ...rest } = storedEntry(row);
    for (const written of [null, '', ` ${json}`, `${json} `, `${json}${json}`, `[${json}]`]) {
      expect(faultOf(EMPTY_CHAIN, evidenceOf({ ...rest, public_json: written }))).toBe('form');
    }
  });

  it.each<[string, Partial<AuditRow>]>([
    ['arguments into detail', { arguments: '{"a":1', detail: '2},"detail":{"b":1,"findings":[],"ip":2}' }],
    [
      'detail into arguments',
      { arguments: '{"a":1,"detail":2},"detail":{"b":1', detail: null, findings: '[],"ip":2},"findings":[]' },
    ],
    ['detail into findings', { detail: '{"b":1', findings: '[],"ip":2},"findings":[]' }],
    ['findings into detail', { detail: '{"b":1,"findings":[],"ip":2},"findings":[]', findings: null }],
  ])('with text moved from %s is found, though the whole reads the same', (_name, moved) => {
    const whole = { arguments: { a: 1, detail: 2 }, detail: { b: 1, findings: [], ip: 2 }, findings: [] };
    const stored = auditToRow(appendToChain(EMPTY_CHAIN, fullEntry(whole), SALT));
    expect(faultOf(EMPTY_CHAIN, evidenceOfRow(stored))).toBeUndefined();
    expect(faultOf(EMPTY_CHAIN, evidenceOfRow({ ...stored, ...moved }))).toBe('form');
  });

  it('is not the successor of itself', () => {
    expect(faultOf(headAfter(good), evidenceOfRow(row))).toBe('number');
  });

  it('may have lost its private part with the salt, and then whole', () => {
    const nothing = { salt: null, ip: null, findings: null, arguments: null, detail: null };
    expect(evidenceOfRow({ ...row, ...nothing })).toMatchObject({ privateText: null, damaged: false });
    expect(fault(nothing)).toBeUndefined();
    expect(fault({ ...nothing, ip: row.ip })).toBe('form');
    expect(fault({ ...nothing, salt: SALT })).toBe('private_part');
    expect(fault({ ...nothing, prev_hash: 'c'.repeat(64) })).toBe('previous_hash');
  });

  it.each<[keyof AuditRow, AuditRow[keyof AuditRow], string]>([
    ['kind', 'call.intent', 'hash'],
    ['ts', '2026-11-22 20:00:00.126000', 'hash'],
    ['ts', '2026-11-22 20:00:00.125001', 'form'],
    ['ts', '0000-00-00 00:00:00.000000', 'hash'],
    ['user_id', 8, 'hash'],
    ['agent_id', null, 'hash'],
    ['credential', 'bridge', 'hash'],
    ['ip', null, 'private_part'],
    ['call_id', 'call_dddddddddddddddddddd', 'hash'],
    ['tool', 'posts.updatE', 'hash'],
    ['entity_type', null, 'hash'],
    ['entity_id', 13, 'hash'],
    ['policy_version', 4, 'hash'],
    ['verdict', 'deny', 'hash'],
    ['code', 'internal', 'hash'],
    ['findings', '[]', 'private_part'],
    ['findings', 'null', 'form'],
    ['arguments', '{"title":"x"}', 'private_part'],
    ['arguments', `${row.arguments} `, 'private_part'],
    ['detail', null, 'private_part'],
    ['before_digest', 'c'.repeat(64), 'hash'],
    ['after_digest', null, 'hash'],
    ['outcome', 'failed', 'hash'],
    ['salt', '0'.repeat(32), 'private_part'],
    ['salt', SALT.toUpperCase(), 'form'],
    ['private_digest', 'c'.repeat(64), 'private_part'],
    ['prev_hash', 'c'.repeat(64), 'previous_hash'],
    ['hash', 'c'.repeat(64), 'hash'],
    ['hash', row.hash.toUpperCase(), 'hash'],
    ['id', 2, 'number'],
  ])('whose %s was made %j is found', (column, value, expected) => {
    expect(fault({ [column]: value })).toBe(expected);
  });
});
