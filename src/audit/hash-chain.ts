import { createHash } from 'node:crypto';
import { canonicalJson } from '../kernel/canonical-json.js';
import type { AuditEntryId } from '../kernel/ids.js';
import type { JsonObject } from '../kernel/json.js';
import type { AuditEntry, NewAuditEntry } from './audit-entry.js';

/** The newest entry: how many there are and what the last one hashes to. */
export interface ChainHead {
  readonly height: number;
  readonly hash: string;
}

export const EMPTY_CHAIN: ChainHead = { height: 0, hash: '0'.repeat(64) };

const sha256 = (text: string): string => createHash('sha256').update(text, 'utf8').digest('hex');

/** What may hold personal data. The chain covers its salted digest alone, so it can be erased and the chain still verifies. */
function privatePart(entry: NewAuditEntry): JsonObject {
  return {
    ip: entry.actor.ip,
    findings: entry.findings ?? null,
    arguments: entry.arguments ?? null,
    detail: entry.detail ?? null,
  };
}

function publicPart(entry: NewAuditEntry, id: number, privateDigest: string, prevHash: string): JsonObject {
  return {
    id,
    ts: entry.at.toISOString(),
    kind: entry.kind,
    callId: entry.callId ?? null,
    userId: entry.actor.userId,
    agentId: entry.actor.agentId,
    credential: entry.actor.credential,
    tool: entry.tool ?? null,
    entityType: entry.entity?.type ?? null,
    entityId: entry.entity?.id ?? null,
    policyVersion: entry.policyVersion ?? null,
    verdict: entry.verdict ?? null,
    code: entry.code ?? null,
    beforeDigest: entry.beforeDigest ?? null,
    afterDigest: entry.afterDigest ?? null,
    outcome: entry.outcome ?? null,
    privateDigest,
    prevHash,
  };
}

const privateDigestOf = (entry: NewAuditEntry, salt: string): string =>
  sha256(`${salt}.${canonicalJson(privatePart(entry))}`);

const hashOf = (entry: NewAuditEntry, id: number, privateDigest: string, prevHash: string): string =>
  sha256(canonicalJson(publicPart(entry, id, privateDigest, prevHash)));

/** Gives an entry its place: the next number, and a hash over everything in it and the entry before. */
export function appendToChain(head: ChainHead, entry: NewAuditEntry, salt: string): AuditEntry {
  const id = (head.height + 1) as AuditEntryId;
  const privateDigest = privateDigestOf(entry, salt);
  const hash = hashOf(entry, id, privateDigest, head.hash);
  return { ...entry, id, salt, privateDigest, prevHash: head.hash, hash };
}

export const headAfter = (entry: AuditEntry): ChainHead => ({ height: entry.id, hash: entry.hash });
