import type { Actor, AuditKind, NewAuditEntry } from '../audit/audit-entry.js';
import type { JsonObject } from '../kernel/json.js';
import type { Approval, Vote } from './approval.js';

export type ApprovalKind = Extract<AuditKind, `approval.${string}`>;

/** Nobody in particular: what time or a check has brought about. */
export const NOBODY: Actor = { userId: null, agentId: null, credential: null, ip: null };

/** An entry about an approval, with the digest of exactly what it was about. */
export function approvalEntry(
  kind: ApprovalKind,
  approval: Approval,
  who: { readonly actor: Actor; readonly at: Date },
  detail: JsonObject = {},
): NewAuditEntry {
  const { id, callId, tool, policyVersion, digest } = approval;
  return {
    kind,
    at: who.at,
    actor: who.actor,
    callId,
    tool,
    ...(policyVersion === null ? {} : { policyVersion }),
    detail: { approvalId: id, digest, ...detail },
  };
}

/** One entry for each vote that stopped counting. */
export const dropEntries = (approval: Approval, dropped: readonly Vote[], at: Date): readonly NewAuditEntry[] =>
  dropped.map(({ userId, login, step, dropped: how }) =>
    approvalEntry('approval.dropped', approval, { actor: NOBODY, at }, { userId, login, step, why: how?.why ?? null }),
  );
