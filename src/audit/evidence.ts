import { hash } from 'node:crypto';
import { isErased, type AuditRow } from './audit-row.js';
import type { ChainHead } from './hash-chain.js';

/**
 * The members of an entry's public part in the order of canonical JSON, the column that each stands in, and how its value is
 * written there.
 */
export const PUBLIC_MEMBERS = [
  ['afterDigest', 'after_digest', 'text'],
  ['agentId', 'agent_id', 'text'],
  ['beforeDigest', 'before_digest', 'text'],
  ['callId', 'call_id', 'text'],
  ['code', 'code', 'text'],
  ['credential', 'credential', 'text'],
  ['entityId', 'entity_id', 'number'],
  ['entityType', 'entity_type', 'text'],
  ['id', 'id', 'number'],
  ['kind', 'kind', 'text'],
  ['outcome', 'outcome', 'text'],
  ['policyVersion', 'policy_version', 'number'],
  ['prevHash', 'prev_hash', 'text'],
  ['privateDigest', 'private_digest', 'text'],
  ['tool', 'tool', 'text'],
  ['ts', 'ts', 'instant'],
  ['userId', 'user_id', 'number'],
  ['verdict', 'verdict', 'text'],
] as const satisfies readonly (readonly [string, keyof AuditRow, 'text' | 'number' | 'instant'])[];

/** An entry as it stands in the database, letter by letter. */
export interface StoredEntry extends Pick<
  AuditRow,
  'id' | 'hash' | 'salt' | 'ip' | 'arguments' | 'detail' | 'findings'
> {
  /**
   * `PUBLIC_MEMBERS` as one JSON object without spaces, written by the store from the columns: a number as its digits, a string
   * escaped in any way that JSON allows, the instant as the column has it (see AuditRow) and a `Z`. Null: it can't be written.
   */
  readonly public_json: string | null;
}

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

const INSIDE = String.raw`[^"\\]*(?:\\.[^"\\]*)*`;
const STRINGS = new RegExp(`"${INSIDE}"`, 'g');

/** What is told apart in the public part: the members that verifying looks at, and what stands before and behind the instant. */
const FORMS: Readonly<Record<string, string>> = {
  kind: `"(${INSIDE})"`,
  prevHash: `"(${INSIDE})"`,
  privateDigest: `"(${INSIDE})"`,
  ts: String.raw`")(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d\.\d{3})000(Z"`,
  userId: String.raw`(null|\d+)`,
};
const formOf = ([member, , written]: (typeof PUBLIC_MEMBERS)[number]): string =>
  `"${member}":${FORMS[member] ?? (written === 'number' ? String.raw`(?:null|\d+)` : `(?:null|"${INSIDE}")`)}`;
const PUBLIC_FORM = new RegExp(String.raw`^(\{${PUBLIC_MEMBERS.map(formOf).join(',')}\})$`);

/** Each string as canonical JSON spells it. Servers differ in how they escape; without a backslash nothing was escaped. */
function respelt(json: string): string {
  if (!json.includes('\\')) return json;
  try {
    return json.replace(STRINGS, (text) => JSON.stringify(JSON.parse(text)));
  } catch {
    return json;
  }
}

/** What the public part says. Text that isn't in its form is shown as it is. */
function publicPartOf({ public_json: json }: StoredEntry) {
  const found = json === null ? null : PUBLIC_FORM.exec(respelt(json));
  if (found === null) {
    return { isOurs: false, ts: '', kind: '', userId: null, publicText: json ?? '', prevHash: '', privateDigest: '' };
  }
  const [, head = '', kind = '', prevHash = '', privateDigest = '', day = '', time = '', tail = '', userId = ''] =
    found;
  return {
    isOurs: true,
    ts: `${day}T${time}Z`,
    kind,
    userId: userId === 'null' ? null : Number(userId),
    publicText: `${head}${day}T${time}${tail}`,
    prevHash,
    privateDigest,
  };
}

/** What a seam of the private part looks like. Within a string of canonical JSON its quotes would be escaped. */
const SEAM = /,"(?:detail|findings|ip)":/;

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/**
 * Whether a column of the private part is a value by itself. Otherwise its text could be moved over a seam into the next column, and
 * the whole would read as before; it can't without a seam inside of a column that is no JSON then. Nothing is written as NULL
 * alone, never as JSON's null, so that neither can be exchanged for the other unseen.
 */
const isValue = (column: string | null): boolean =>
  column === null || (column !== 'null' && (!SEAM.test(column) || isJson(column)));

const privateTextOf = ({ arguments: args, detail, findings, ip }: StoredEntry): string =>
  `{"arguments":${args ?? 'null'},"detail":${detail ?? 'null'},"findings":${findings ?? 'null'},"ip":${JSON.stringify(ip)}}`;

const SALT = /^[0-9a-f]{32}$/;

export function evidenceOf(stored: StoredEntry): Evidence {
  const { id, hash, salt, arguments: args, detail, findings } = stored;
  const { isOurs, ts, kind, userId, publicText, prevHash, privateDigest } = publicPartOf(stored);
  const erased = isErased(stored);
  const isWhole = isValue(args) && isValue(detail) && isValue(findings) && (erased || SALT.test(salt ?? ''));
  return {
    id,
    ts,
    kind,
    userId,
    publicText,
    hash,
    prevHash,
    privateDigest,
    privateText: erased ? null : privateTextOf(stored),
    salt,
    damaged: !isOurs || !isWhole,
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
