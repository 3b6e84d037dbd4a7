import type { CredentialKind } from '../audit/audit-entry.js';
import type { AgentId, ApprovalId, CallId, DelegationId, KeyId, PolicyVersion, WpUserId } from '../kernel/ids.js';
import type { Json, JsonObject } from '../kernel/json.js';
import type { ApprovalNeed } from '../policy/approval-need.js';
import { APPROVAL_STATES, type Approval, type DropReason, type Proxy, type Vote } from './approval.js';
import type { ApprovalSummary } from './approval-store.js';

/** A row of `{prefix}ai_agent_approvals` without the texts of the call; rows never leave the store. */
export interface SummaryRow {
  id: string;
  seq: number;
  call_id: string;
  kind: string;
  state: string;
  agent_id: string;
  user_id: number;
  login: string;
  credential: string;
  key_id: string | null;
  ip: string | null;
  tool: string;
  target: string | null;
  title: string | null;
  reason: string | null;
  target_digest: string | null;
  policy_version: number | null;
  need: string;
  digest: string;
  seal: string;
  resolution: string | null;
  created_at: Date;
  expires_at: Date;
  updated_at: Date;
}

export interface ApprovalRow extends SummaryRow {
  proposed: string;
  effective: string;
  before_state: string | null;
  findings: string;
  outcome_status: number | null;
  outcome_body: string | null;
}

export const SUMMARY_COLUMNS = [
  'id',
  'seq',
  'call_id',
  'kind',
  'state',
  'agent_id',
  'user_id',
  'login',
  'credential',
  'key_id',
  'ip',
  'tool',
  'target',
  'title',
  'reason',
  'target_digest',
  'policy_version',
  'need',
  'digest',
  'seal',
  'resolution',
  'created_at',
  'expires_at',
  'updated_at',
] as const satisfies readonly (keyof SummaryRow)[];

export interface VoteRow {
  id: number;
  approval_id: string;
  step: number;
  user_id: number;
  live_user_id: number | null;
  login: string;
  by_user_id: number | null;
  by_login: string | null;
  delegation_id: string | null;
  remember_seconds: number | null;
  note: string | null;
  digest: string;
  seal: string;
  voted_at: Date;
  dropped_at: Date | null;
  dropped_why: string | null;
}

const parse = (text: string): Json => JSON.parse(text) as Json;
const parseObject = (text: string): JsonObject => JSON.parse(text) as JsonObject;
const parseOrNull = (text: string | null): JsonObject | null => (text === null ? null : parseObject(text));

function proxyFromRow({ by_user_id: id, by_login: login, delegation_id: delegation }: VoteRow): Proxy | null {
  if (id === null || delegation === null) return null;
  return { userId: id as WpUserId, login: login ?? '', delegationId: delegation as DelegationId };
}

function voteFromRow(row: VoteRow): Vote {
  const { step, user_id: userId, login, note, voted_at: at, digest, seal, dropped_at: dropped } = row;
  return {
    step,
    userId: userId as WpUserId,
    login,
    by: proxyFromRow(row),
    rememberSeconds: row.remember_seconds,
    note,
    at,
    digest,
    seal,
    dropped: dropped === null ? null : { at: dropped, why: (row.dropped_why ?? 'ineligible') as DropReason },
  };
}

export function summaryFromRow(row: SummaryRow, votes: readonly VoteRow[]): ApprovalSummary {
  const state = APPROVAL_STATES.find((each) => each === row.state);
  if (state === undefined) throw new Error(`approval ${row.id}: unknown state`);
  return {
    id: row.id as ApprovalId,
    seq: row.seq,
    callId: row.call_id as CallId,
    kind: row.kind === 'suggestion' ? 'suggestion' : 'approval',
    state,
    requester: {
      agentId: row.agent_id as AgentId,
      userId: row.user_id as WpUserId,
      login: row.login,
      credential: row.credential as CredentialKind,
      keyId: row.key_id as KeyId | null,
      ip: row.ip,
    },
    tool: row.tool,
    target: row.target,
    title: row.title,
    reason: row.reason,
    targetDigest: row.target_digest,
    policyVersion: row.policy_version as PolicyVersion | null,
    need: JSON.parse(row.need) as ApprovalNeed,
    digest: row.digest,
    seal: row.seal,
    votes: votes.map(voteFromRow),
    resolution: parseOrNull(row.resolution),
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    updatedAt: row.updated_at,
  };
}

export function approvalFromRow(row: ApprovalRow, votes: readonly VoteRow[]): Approval {
  const { seq: _, ...summary } = summaryFromRow(row, votes);
  const { outcome_status: status, outcome_body: body } = row;
  return {
    ...summary,
    proposed: parseObject(row.proposed),
    effective: parseObject(row.effective),
    before: parseOrNull(row.before_state),
    findings: parse(row.findings),
    outcome: status === null || body === null ? null : { status, body: parseObject(body) },
  };
}

const textOrNull = (value: JsonObject | null): string | null => (value === null ? null : JSON.stringify(value));

export function approvalToRow(approval: Approval): Omit<ApprovalRow, 'seq'> {
  const { requester, outcome } = approval;
  return {
    id: approval.id,
    call_id: approval.callId,
    kind: approval.kind,
    agent_id: requester.agentId,
    user_id: requester.userId,
    login: requester.login,
    credential: requester.credential,
    key_id: requester.keyId,
    ip: requester.ip,
    tool: approval.tool,
    target: approval.target,
    title: approval.title,
    reason: approval.reason,
    proposed: JSON.stringify(approval.proposed),
    before_state: textOrNull(approval.before),
    target_digest: approval.targetDigest,
    policy_version: approval.policyVersion,
    findings: JSON.stringify(approval.findings),
    need: JSON.stringify(approval.need),
    outcome_status: outcome?.status ?? null,
    outcome_body: textOrNull(outcome?.body ?? null),
    created_at: approval.createdAt,
    expires_at: approval.expiresAt,
    ...changingColumns(approval),
  };
}

/** Those that `save` writes. */
export function changingColumns({ state, effective, digest, seal, resolution, updatedAt }: Approval) {
  return {
    state,
    effective: JSON.stringify(effective),
    digest,
    seal,
    resolution: textOrNull(resolution),
    updated_at: updatedAt,
  };
}

export function voteToRow(approvalId: ApprovalId, vote: Vote): Omit<VoteRow, 'id'> {
  const { step, userId, login, by, rememberSeconds, note, at, digest, seal, dropped } = vote;
  return {
    approval_id: approvalId,
    step,
    user_id: userId,
    live_user_id: dropped === null ? userId : null,
    login,
    by_user_id: by?.userId ?? null,
    by_login: by?.login ?? null,
    delegation_id: by?.delegationId ?? null,
    remember_seconds: rememberSeconds,
    note,
    digest,
    seal,
    voted_at: at,
    dropped_at: dropped?.at ?? null,
    dropped_why: dropped?.why ?? null,
  };
}
