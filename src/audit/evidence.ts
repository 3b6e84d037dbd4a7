import { hash } from 'node:crypto';
import { isErased, type AuditRow } from './audit-row.js';
import type { ChainHead } from './hash-chain.js';

/**
 * An entry as the texts that were hashed, letter by letter. Verifying reads these and nothing that was parsed, so what
 * is verified is what stands there; the export hands out the same texts.
 */
export interface Evidence {
  readonly id: number;
  /** ISO 8601. */
  readonly ts: string;
  readonly kind: string;
  readonly userId: number | null;
  /** Canonical JSON; `hash` is its SHA-256. */
  readonly publicText: string;
  readonly hash: string;
  readonly prevHash: string;
  readonly privateDigest: string;
  /** Canonical JSON; `privateDigest` is the SHA-256 of salt, full stop and this. Null with its salt: erased. */
  readonly privateText: string | null;
  readonly salt: string | null;
  /** The row holds what the log never writes. */
  readonly damaged: boolean;
}

export type LinkFault = 'form' | 'number' | 'previous_hash' | 'private_part' | 'hash';

const sha256 = (text: string): string => hash('sha256', text, 'hex');
/** What JSON writes as it is. */
const PLAIN = /^[ !#-[\]-~]*$/;
const quoted = (value: string): string => (PLAIN.test(value) ? `"${value}"` : JSON.stringify(value));
const textOf = (value: string | null): string => (value === null ? 'null' : quoted(value));
const numberOf = (value: number | null): string => (value === null ? 'null' : String(value));

const DATABASE_TIME = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}000$/;
const SALT = /^[0-9a-f]{32}$/;

const publicTextOf = (row: AuditRow, ts: string): string =>
  `{"afterDigest":${textOf(row.after_digest)},"agentId":${textOf(row.agent_id)}` +
  `,"beforeDigest":${textOf(row.before_digest)},"callId":${textOf(row.call_id)},"code":${textOf(row.code)}` +
  `,"credential":${textOf(row.credential)},"entityId":${numberOf(row.entity_id)}` +
  `,"entityType":${textOf(row.entity_type)},"id":${numberOf(row.id)},"kind":${textOf(row.kind)}` +
  `,"outcome":${textOf(row.outcome)},"policyVersion":${numberOf(row.policy_version)}` +
  `,"prevHash":${textOf(row.prev_hash)},"privateDigest":${textOf(row.private_digest)},"tool":${textOf(row.tool)}` +
  `,"ts":${textOf(ts)},"userId":${numberOf(row.user_id)},"verdict":${textOf(row.verdict)}}`;

const privateTextOf = ({ arguments: args, detail, findings, ip }: AuditRow): string =>
  `{"arguments":${args ?? 'null'},"detail":${detail ?? 'null'},"findings":${findings ?? 'null'},"ip":${textOf(ip)}}`;

/** Nothing is written as NULL alone, never as JSON's null, so that neither can be exchanged for the other unseen. */
const isPlain = ({ arguments: args, detail, findings }: AuditRow): boolean =>
  args !== 'null' && detail !== 'null' && findings !== 'null';

export function evidenceFromRow(row: AuditRow): Evidence {
  const ts = `${row.ts.slice(0, 10)}T${row.ts.slice(11, 23)}Z`;
  const erased = isErased(row);
  return {
    id: row.id,
    ts,
    kind: row.kind,
    userId: row.user_id,
    publicText: publicTextOf(row, ts),
    hash: row.hash,
    prevHash: row.prev_hash,
    privateDigest: row.private_digest,
    privateText: erased ? null : privateTextOf(row),
    salt: row.salt,
    damaged: !DATABASE_TIME.test(row.ts) || !isPlain(row) || !(erased || SALT.test(row.salt ?? '')),
  };
}

/** What is wrong with an entry as the successor of `head`, or undefined. That a private part is gone is another question. */
export function faultOf(head: ChainHead, entry: Evidence): LinkFault | undefined {
  if (entry.damaged) return 'form';
  if (entry.id !== head.height + 1) return 'number';
  if (entry.prevHash !== head.hash) return 'previous_hash';
  const { privateText, salt } = entry;
  if (privateText !== null && sha256(`${salt ?? ''}.${privateText}`) !== entry.privateDigest) return 'private_part';
  if (sha256(entry.publicText) !== entry.hash) return 'hash';
  return undefined;
}
