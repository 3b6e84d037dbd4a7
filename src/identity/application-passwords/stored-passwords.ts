import { isPhpArray, readStored, type PhpRefusal, type PhpValue } from '../php-serialized/index.js';
import { parsePasswordHash, type PasswordHash } from './password-hash.js';

/** One entry of the user meta `_application_passwords`. */
export interface StoredPassword {
  readonly uuid: string;
  readonly name: string;
  readonly hash: Exclude<PasswordHash, { kind: 'refused' }>;
  /** Unix seconds after which it counts no more; undefined: it doesn't expire. */
  readonly expires: number | undefined;
}

export interface UnusablePassword {
  readonly uuid: string | undefined;
  readonly reason:
    'entry_malformed' | 'uuid_missing' | 'expires_malformed' | 'hash_unknown' | 'hash_too_costly' | 'row_too_costly';
}

export interface StoredPasswords {
  readonly usable: readonly StoredPassword[];
  /** For the log: entries that can't be used, and why. */
  readonly unusable: readonly UnusablePassword[];
  /** Set when the row as a whole can't be read; then it holds no usable entry. */
  readonly unreadable?: PhpRefusal | 'not_an_array';
}

export const APPLICATION_PASSWORDS_META = '_application_passwords';
/** The work that one attempt may cost: about 380 legacy passwords, or three with the highest bcrypt cost. */
const BUDGET_MS = 5_000;
const UUID_LIMIT = 64;

/**
 * Reads the row as core does (`WP_Application_Passwords::get_user_application_passwords()`): a map whose keys may have
 * gaps, in its order. An entry without a uuid is unusable here, where core would assign one and save it: the row is
 * never written by the sidecar.
 */
export function readStoredPasswords(row: Uint8Array | undefined): StoredPasswords {
  if (row === undefined) return { usable: [], unusable: [] };
  const decoded = readStored(row);
  if (!decoded.ok) return { usable: [], unusable: [], unreadable: decoded.reason };
  if (!isPhpArray(decoded.value)) return { usable: [], unusable: [], unreadable: 'not_an_array' };
  const usable: StoredPassword[] = [];
  const unusable: UnusablePassword[] = [];
  let budget = BUDGET_MS;
  for (const entry of decoded.value.values()) {
    const read = readEntry(entry);
    const cost = 'hash' in read && 'milliseconds' in read.hash ? read.hash.milliseconds : 0;
    if ('reason' in read) unusable.push(read);
    else if (cost > budget) unusable.push({ uuid: read.uuid, reason: 'row_too_costly' });
    else {
      budget -= cost;
      usable.push(read);
    }
  }
  return { usable, unusable };
}

function readEntry(entry: PhpValue): StoredPassword | UnusablePassword {
  if (!isPhpArray(entry)) return { uuid: undefined, reason: 'entry_malformed' };
  const uuid = entry.get('uuid');
  if (uuid === undefined || uuid === null) return { uuid: undefined, reason: 'uuid_missing' };
  const stored = entry.get('password');
  if (typeof uuid !== 'string' || uuid === '' || uuid.length > UUID_LIMIT || typeof stored !== 'string') {
    return { uuid: undefined, reason: 'entry_malformed' };
  }
  const expires = readExpiry(entry.get('expires'));
  if (expires === 'malformed') return { uuid, reason: 'expires_malformed' };
  const hash = parsePasswordHash(stored);
  if (hash.kind === 'refused') return { uuid, reason: hash.reason };
  const name = entry.get('name');
  return { uuid, name: typeof name === 'string' ? name : '', hash, expires };
}

/** `expires` is not in core yet (Trac #53995): whole Unix seconds, absent, null or '' for never; anything else is refused. */
function readExpiry(value: PhpValue | undefined): number | undefined | 'malformed' {
  if (value === undefined || value === null || value === '') return undefined;
  const seconds = typeof value === 'string' && /^[1-9]\d{0,14}$/.test(value) ? Number(value) : value;
  return typeof seconds === 'number' && Number.isSafeInteger(seconds) ? seconds : 'malformed';
}
