import type { AgentId, AuditEntryId, CallId, PolicyVersion, WpUserId } from '../kernel/ids.js';
import type { Json } from '../kernel/json.js';

/** What can be written down. The part before the dot is what people filter by. */
export const AUDIT_KINDS = [
  'call.intent',
  'call.decision',
  'call.outcome',
  'call.reconciled',
  'approval.requested',
  'approval.voted',
  'approval.dropped',
  'approval.reopened',
  'approval.escalated',
  'approval.edited',
  'approval.commented',
  'approval.rejected',
  'approval.cancelled',
  'approval.expired',
  'approval.stale',
  'approval.claimed',
  'approval.renewed',
  'approval.reconciled',
  'approval.delegated',
  'approval.delegation_revoked',
  'approval.remembered',
  'approval.grant_used',
  'approval.grant_revoked',
  'policy.saved',
  'policy.activated',
  'agent.created',
  'agent.changed',
  'agent.suspended',
  'agent.resumed',
  'agent.deleted',
  'key.created',
  'key.rotated',
  'key.activated',
  'key.revoked',
  'secret.created',
  'secret.rotated',
  'secret.rewrapped',
  'settings.changed',
  'auth.refused',
  'auth.identity_added',
  'auth.identity_removed',
  'audit.erased',
  'audit.pruned',
] as const;
export type AuditKind = (typeof AUDIT_KINDS)[number];

export type CredentialKind = 'signature' | 'application_password' | 'access_token' | 'bridge' | 'webhook' | 'operator';

/** Who did it: a WordPress user, through which agent and credential, from where. The operator's command line is user-less. */
export interface Actor {
  readonly userId: WpUserId | null;
  readonly agentId: AgentId | null;
  readonly credential: CredentialKind | null;
  readonly ip: string | null;
}

export const OPERATOR: Actor = { userId: null, agentId: null, credential: 'operator', ip: null };

export type Verdict = 'allow' | 'ask' | 'deny';
export type Outcome = 'succeeded' | 'failed' | 'unknown';

/** An entry before it has its place in the chain. Absent means: doesn't apply. */
export interface NewAuditEntry {
  readonly kind: AuditKind;
  readonly at: Date;
  readonly actor: Actor;
  readonly callId?: CallId;
  readonly tool?: string;
  readonly entity?: { readonly type: string; readonly id?: number };
  readonly policyVersion?: PolicyVersion;
  readonly verdict?: Verdict;
  /** An error code of the registry. */
  readonly code?: string;
  readonly findings?: Json;
  /** The call's arguments, redacted before they come here. */
  readonly arguments?: Json;
  /** SHA-256 in hexadecimal over the tool's declared fields, before and after. */
  readonly beforeDigest?: string;
  readonly afterDigest?: string;
  readonly outcome?: Outcome;
  readonly detail?: Json;
}

/** An entry as it stands in the log. */
export interface AuditEntry extends NewAuditEntry {
  readonly id: AuditEntryId;
  /**
   * 16 random bytes in hexadecimal; the private part is hashed with it, so that a guess can't be confirmed once it is
   * erased. Null: it was erased.
   */
  readonly salt: string | null;
  readonly privateDigest: string;
  readonly prevHash: string;
  readonly hash: string;
  /** The row holds what no entry of ours could have written. */
  readonly damaged?: true;
}
