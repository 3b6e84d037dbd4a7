import { canonicalJson } from '../kernel/canonical-json.js';
import type { AgentId, AuditEntryId, CallId, PolicyVersion, WpUserId } from '../kernel/ids.js';
import type { Json } from '../kernel/json.js';
import {
  AUDIT_KINDS,
  type AuditEntry,
  type AuditKind,
  type CredentialKind,
  type Outcome,
  type Verdict,
} from './audit-entry.js';

/** A row of `{prefix}ai_agent_audit_log`; it never leaves the store. */
export interface AuditRow {
  id: number;
  /** `YYYY-MM-DD HH:MM:SS.ffffff`, UTC; as text, so that no digit of it can be changed unseen. */
  ts: string;
  kind: string;
  call_id: string | null;
  user_id: number | null;
  agent_id: string | null;
  credential: string | null;
  ip: string | null;
  tool: string | null;
  entity_type: string | null;
  entity_id: number | null;
  policy_version: number | null;
  verdict: string | null;
  code: string | null;
  findings: string | null;
  arguments: string | null;
  before_digest: string | null;
  after_digest: string | null;
  outcome: string | null;
  detail: string | null;
  salt: string | null;
  private_digest: string;
  prev_hash: string;
  hash: string;
}

/** Nothing and JSON's null mean the same and are written the same, so that neither can be exchanged for the other unseen. */
const jsonText = (value: Json | undefined): string | null =>
  (value ?? null) === null ? null : canonicalJson(value ?? null);

export function auditToRow(entry: AuditEntry): AuditRow {
  return {
    id: entry.id,
    ts: entry.at.toISOString().replace('T', ' ').replace('Z', '000'),
    kind: entry.kind,
    call_id: entry.callId ?? null,
    user_id: entry.actor.userId,
    agent_id: entry.actor.agentId,
    credential: entry.actor.credential,
    ip: entry.actor.ip,
    tool: entry.tool ?? null,
    entity_type: entry.entity?.type ?? null,
    entity_id: entry.entity?.id ?? null,
    policy_version: entry.policyVersion ?? null,
    verdict: entry.verdict ?? null,
    code: entry.code ?? null,
    findings: jsonText(entry.findings),
    arguments: jsonText(entry.arguments),
    before_digest: entry.beforeDigest ?? null,
    after_digest: entry.afterDigest ?? null,
    outcome: entry.outcome ?? null,
    detail: jsonText(entry.detail),
    salt: entry.salt,
    private_digest: entry.privateDigest,
    prev_hash: entry.prevHash,
    hash: entry.hash,
  };
}

/** JSON that was damaged in the database reads as a marker, so that verifying names the row instead of stopping at it. */
function jsonOf(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return '[damaged]';
  }
}

const DAMAGED_JSON = '"[damaged]"';

/** The private part was erased: it is gone with its salt, and whole. */
export const isErased = ({
  salt,
  ip,
  findings,
  arguments: args,
  detail,
}: Pick<AuditRow, 'salt' | 'ip' | 'findings' | 'arguments' | 'detail'>): boolean =>
  salt === null && ip === null && findings === null && args === null && detail === null;

/** A kind that isn't ours can only be tampering; the hash will say so, and lists show it as it is. */
const kindOf = (kind: string): AuditKind => AUDIT_KINDS.find((each) => each === kind) ?? (kind as AuditKind);

function entryOf(row: AuditRow): AuditEntry {
  return {
    id: row.id as AuditEntryId,
    at: new Date(`${row.ts.slice(0, 23).replace(' ', 'T')}Z`),
    kind: kindOf(row.kind),
    actor: {
      userId: row.user_id as WpUserId | null,
      agentId: row.agent_id as AgentId | null,
      credential: row.credential as CredentialKind | null,
      ip: row.ip,
    },
    ...(row.call_id === null ? {} : { callId: row.call_id as CallId }),
    ...(row.tool === null ? {} : { tool: row.tool }),
    ...(row.entity_type === null
      ? {}
      : { entity: { type: row.entity_type, ...(row.entity_id === null ? {} : { id: row.entity_id }) } }),
    ...(row.policy_version === null ? {} : { policyVersion: row.policy_version as PolicyVersion }),
    ...(row.verdict === null ? {} : { verdict: row.verdict as Verdict }),
    ...(row.code === null ? {} : { code: row.code }),
    ...(row.findings === null ? {} : { findings: jsonOf(row.findings) }),
    ...(row.arguments === null ? {} : { arguments: jsonOf(row.arguments) }),
    ...(row.before_digest === null ? {} : { beforeDigest: row.before_digest }),
    ...(row.after_digest === null ? {} : { afterDigest: row.after_digest }),
    ...(row.outcome === null ? {} : { outcome: row.outcome as Outcome }),
    ...(row.detail === null ? {} : { detail: jsonOf(row.detail) }),
    salt: row.salt,
    privateDigest: row.private_digest,
    prevHash: row.prev_hash,
    hash: row.hash,
  };
}

/** Columns of the table, in the order of AuditRow; the select list comes from here. */
export const AUDIT_COLUMNS = [
  'id',
  'ts',
  'kind',
  'call_id',
  'user_id',
  'agent_id',
  'credential',
  'ip',
  'tool',
  'entity_type',
  'entity_id',
  'policy_version',
  'verdict',
  'code',
  'findings',
  'arguments',
  'before_digest',
  'after_digest',
  'outcome',
  'detail',
  'salt',
  'private_digest',
  'prev_hash',
  'hash',
] as const satisfies readonly (keyof AuditRow)[];

/**
 * A row as an entry. What the entry can't express (a microsecond, an id without its type, JSON in another spelling) can
 * only have been written by somebody else, so a row that doesn't come back the same is marked damaged.
 */
export function auditFromRow(row: AuditRow): AuditEntry {
  const entry = entryOf(row);
  if (row.salt === null && !isErased(row)) return { ...entry, damaged: true };
  if (Number.isNaN(entry.at.getTime())) return { ...entry, at: new Date(0), damaged: true };
  try {
    const again = auditToRow(entry);
    return AUDIT_COLUMNS.every((column) => again[column] === row[column]) ? entry : { ...entry, damaged: true };
  } catch {
    return { ...entryOf(withoutJson(row)), damaged: true };
  }
}

/** For JSON that can be parsed and not be written again: a lone surrogate, nesting beyond the stack. */
function withoutJson(row: AuditRow): AuditRow {
  const marked = (text: string | null): string | null => (text === null ? null : DAMAGED_JSON);
  return {
    ...row,
    findings: marked(row.findings),
    arguments: marked(row.arguments),
    detail: marked(row.detail),
  };
}
