import type { AuditEntry } from '../../audit/audit-entry.js';
import type { StoredCheckpoint } from '../../audit/checkpoint-store.js';
import type { ListedKey } from '../../audit/log-keys.js';
import { rootOf } from '../../audit/merkle-tree.js';
import { noteKeyId, verifierKey } from '../../audit/signed-note.js';
import type { ChainReport } from '../../audit/verify-chain.js';
import type { JsonObject } from '../../kernel/json.js';

function showWho({ actor, callId }: AuditEntry): JsonObject {
  const { userId, agentId, credential, ip } = actor;
  return { callId: callId ?? null, userId, agentId, credential, ip };
}

function showWhat({ tool, entity, arguments: args, beforeDigest, afterDigest }: AuditEntry): JsonObject {
  return {
    tool: tool ?? null,
    entityType: entity?.type ?? null,
    entityId: entity?.id ?? null,
    arguments: args ?? null,
    beforeDigest: beforeDigest ?? null,
    afterDigest: afterDigest ?? null,
  };
}

function showWhy({ policyVersion, verdict, code, findings, outcome, detail }: AuditEntry): JsonObject {
  return {
    policyVersion: policyVersion ?? null,
    verdict: verdict ?? null,
    code: code ?? null,
    findings: findings ?? null,
    outcome: outcome ?? null,
    detail: detail ?? null,
  };
}

/** An entry as people and programs read it; a member that doesn't apply is null. */
export function showEntry(entry: AuditEntry): JsonObject {
  const { id, at, kind, prevHash, hash, salt } = entry;
  const said = { ...showWho(entry), ...showWhat(entry), ...showWhy(entry) };
  return { id, ts: at.toISOString(), kind, ...said, erased: salt === null, prevHash, hash };
}

export const showReport = (report: ChainReport): JsonObject =>
  report.ok ? { ...report } : { ...report, firstBad: { ...report.firstBad } };

export function showCheckpoint({ size, at, note, tree, heldAt }: StoredCheckpoint): JsonObject {
  const root = rootOf(tree).toString('base64');
  return { size, ts: at.toISOString(), root, note, heldAt: heldAt?.toISOString() ?? null };
}

/** A key as people and programs that verify signed notes take it. */
export const showKey = (key: ListedKey): JsonObject => ({
  name: key.name,
  id: noteKeyId(key).toString('hex'),
  algorithm: 'ed25519',
  publicKey: Buffer.from(key.publicKey).toString('base64'),
  verifierKey: verifierKey(key),
  createdAt: key.createdAt.toISOString(),
  retiredAt: key.retiredAt?.toISOString() ?? null,
});
