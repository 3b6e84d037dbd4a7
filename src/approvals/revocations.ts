import type { AuditKind } from '../audit/audit-entry.js';
import type { AuditReader } from '../audit/audit-log.js';
import { isJsonObject } from '../kernel/json.js';

const PAGE = 200;

/** What a row says about having been revoked can be set back by who writes to the tables; the log is chained and can't. */
export type IsRevoked = (
  kind: Extract<AuditKind, 'approval.delegation_revoked' | 'approval.grant_revoked'>,
  revocable: { readonly id: string; readonly createdAt: Date },
) => Promise<boolean>;

/** Whether the log has an entry of this kind about it. */
export function makeIsRevoked(trail: Pick<AuditReader, 'list'>): IsRevoked {
  return async (kind, { id, createdAt }) => {
    for (let before: Parameters<typeof trail.list>[1]['before']; ;) {
      const page = { limit: PAGE, ...(before === undefined ? {} : { before }) };
      const entries = await trail.list({ kind, from: createdAt }, page);
      if (entries.some(({ detail }) => isJsonObject(detail) && detail['id'] === id)) return true;
      before = entries.at(-1)?.id;
      if (entries.length < PAGE) return false;
    }
  };
}
