import type { NewAuditEntry } from '../audit/audit-entry.js';
import type { Approval, Held } from './approval.js';
import { bind, type Seal } from './binding.js';
import { approvalEntry } from './entries.js';

/** A held call as it begins: bound to everything that people will be shown. */
export function newApproval(held: Held, seal: Seal): Approval {
  return {
    ...held,
    ...bind(held, seal),
    state: held.kind === 'suggestion' ? 'suggested' : 'pending',
    votes: [],
    resolution: null,
    outcome: null,
    updatedAt: held.createdAt,
  };
}

/** That it was asked, by whom, under which rules, and until when. */
export function requestedEntry(approval: Approval): NewAuditEntry {
  const { requester, createdAt, expiresAt, kind, need, targetDigest } = approval;
  const { userId, agentId, credential, ip } = requester;
  return approvalEntry(
    'approval.requested',
    approval,
    { actor: { userId, agentId, credential, ip }, at: createdAt },
    {
      kind,
      rules: [...need.rules],
      steps: need.steps.map(({ name, quorum }) => ({ name, quorum })),
      expiresAt: expiresAt.toISOString(),
      targetDigest,
    },
  );
}
