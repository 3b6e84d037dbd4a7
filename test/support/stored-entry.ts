import type { AuditRow } from '../../src/audit/audit-row.js';
import { PUBLIC_MEMBERS, type StoredEntry } from '../../src/audit/evidence.js';

/** A row as the database gives it out as evidence. */
export function storedEntry(row: AuditRow): StoredEntry {
  const { id, hash, salt, ip, arguments: args, detail, findings } = row;
  const members = PUBLIC_MEMBERS.map(
    ([member, column, written]) =>
      `"${member}":${written === 'instant' ? `"${row[column]}Z"` : JSON.stringify(row[column])}`,
  );
  return { id, hash, salt, ip, arguments: args, detail, findings, public_json: `{${members.join(',')}}` };
}
