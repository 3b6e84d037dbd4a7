import type { AuditEntry, AuditKind } from '../../audit/audit-entry.js';
import { ERRORS } from '../../kernel/errors.js';
import { parseAgentId, parseApprovalId, parseKeyId, type AgentId, type CallId } from '../../kernel/ids.js';
import { isJsonObject, type Json, type JsonObject } from '../../kernel/json.js';

export const NOTICE_KINDS = [
  'approval.requested',
  'approval.advanced',
  'approval.escalated',
  'approval.approved',
  'approval.rejected',
  'approval.cancelled',
  'approval.expired',
  'approval.stale',
  'call.denied',
  'call.finished',
  'agent.suspended',
  'agent.resumed',
  'key.rotated',
  'key.revoked',
  'secret.rotated',
  'kill_switch.on',
  'kill_switch.off',
  'webhook.test',
] as const;
export type NoticeKind = (typeof NOTICE_KINDS)[number];

/** What happened, in ids, codes and states: nothing of a call's content, of a rule, or of a secret ever gets here. */
export interface Notice {
  readonly kind: NoticeKind;
  readonly at: Date;
  readonly agentId: AgentId | null;
  readonly callId: CallId | null;
  readonly data: JsonObject;
}

const ALWAYS: Partial<Readonly<Record<AuditKind, NoticeKind>>> = {
  'approval.requested': 'approval.requested',
  // Another step waits, be it the next one or one before that waits again.
  'approval.reopened': 'approval.advanced',
  'approval.escalated': 'approval.escalated',
  'approval.claimed': 'approval.approved',
  'approval.rejected': 'approval.rejected',
  'approval.cancelled': 'approval.cancelled',
  'approval.expired': 'approval.expired',
  'approval.stale': 'approval.stale',
  'agent.suspended': 'agent.suspended',
  'agent.resumed': 'agent.resumed',
  'key.rotated': 'key.rotated',
  'key.revoked': 'key.revoked',
  'secret.rotated': 'secret.rotated',
};

function kindOf({ kind, verdict }: AuditEntry, detail: JsonObject): NoticeKind | undefined {
  switch (kind) {
    case 'call.decision':
      return verdict === 'deny' && detail['dryRun'] !== true ? 'call.denied' : undefined;
    case 'call.outcome':
      return detail['held'] === true ? 'call.finished' : undefined;
    case 'approval.voted':
      return typeof detail['waitsFor'] === 'string' ? 'approval.advanced' : undefined;
    case 'settings.changed':
      if (detail['name'] !== 'kill_switch') return undefined;
      return detail['on'] === true ? 'kill_switch.on' : 'kill_switch.off';
    default:
      return ALWAYS[kind];
  }
}

/** The names of secrets are ours (`bridge_key_to_sidecar`, `webhook_source:shop`); anything of another form stays here. */
function secretName(value: Json | undefined): string | undefined {
  return typeof value === 'string' && /^[a-z0-9_:-]{1,120}$/.test(value) ? value : undefined;
}

/** Which step waits now: its place, since its name is a rule's. */
function placeOf({ kind }: AuditEntry, detail: JsonObject): number | undefined {
  const place = kind === 'approval.reopened' ? detail['step'] : detail['waitsAt'];
  return typeof place === 'number' && Number.isSafeInteger(place) ? place : undefined;
}

const present = (members: Readonly<Record<string, string | number | undefined>>): JsonObject =>
  Object.fromEntries(Object.entries(members).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));

/** The notice that an entry of the log gives rise to, if any. Everything in it was checked for its form. */
export function noticeOf(entry: AuditEntry): Notice | undefined {
  const detail = isJsonObject(entry.detail) ? entry.detail : {};
  const kind = kindOf(entry, detail);
  if (kind === undefined) return undefined;
  const agentId = parseAgentId(detail['agentId']) ?? entry.actor.agentId;
  const { callId, code, outcome } = entry;
  return {
    kind,
    at: entry.at,
    agentId,
    callId: callId ?? null,
    data: present({
      auditId: entry.id,
      agentId: agentId ?? undefined,
      callId,
      approvalId: parseApprovalId(detail['approvalId']),
      step: kind === 'approval.advanced' ? placeOf(entry, detail) : undefined,
      keyId: kind.startsWith('key.') ? parseKeyId(detail['keyId']) : undefined,
      secret: kind === 'secret.rotated' ? secretName(detail['name']) : undefined,
      code: code !== undefined && code in ERRORS ? code : undefined,
      outcome,
    }),
  };
}

/** The body as Standard Webhooks has it. */
export const bodyOf = ({ kind, at, data }: Pick<Notice, 'kind' | 'at' | 'data'>): string =>
  JSON.stringify({ type: kind, timestamp: at.toISOString(), data });
