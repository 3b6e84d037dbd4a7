import { LRUCache } from 'lru-cache';
import type { Actor } from '../audit/audit-entry.js';
import type { Clock } from '../kernel/clock.js';
import type { ErrorCode } from '../kernel/errors.js';
import type { KeyId } from '../kernel/ids.js';
import type { JsonObject } from '../kernel/json.js';

/** Somebody who proved who they are, and was refused. */
export interface Refused {
  readonly actor: Actor;
  /** The key that the request was signed with; null for one without a signature, and for a webhook. */
  readonly keyId: KeyId | null;
  readonly code: ErrorCode;
  /** What was tried. It is one of few: what differs from request to request makes an entry of each. */
  readonly detail?: JsonObject;
  /** The attempt gate has counted it, which lets through few (20 and 100 in five minutes), and each of them says something of its own. */
  readonly isCounted?: boolean;
}

export interface RefusalLog {
  /** Writes an entry, or counts towards the next one. */
  readonly note: (refused: Refused) => Promise<void>;
  /** Writes what was counted and has waited its minute; before the process ends, all of it. */
  readonly flush: (isLast?: boolean) => Promise<void>;
}

const BETWEEN_ENTRIES_MS = 60_000;
const MOST_REMEMBERED = 10_000;
const MOST_ADDRESSES = 8;

interface Remembered {
  writtenAt: number;
  /** Since the last entry, without one of their own. */
  unwritten: number;
  last: Refused;
  /** Where they came from, the first few. */
  readonly addresses: Set<string>;
}

/** Whoever has a key that leaked isn't hidden behind its owner, who is refused as well: an entry names several addresses. */
function withCount({ last, addresses }: Remembered, count: number): Refused {
  if (count === 1) return last;
  const from = addresses.size > 1 ? { addresses: [...addresses] } : {};
  return { ...last, detail: { ...last.detail, refused: count, ...from } };
}

/**
 * At most one entry a minute for an agent or a person, a key, a code and an operation, however often it is tried: who holds a key that is
 * good for nothing any more can't fill the log with it, and what was tried stays to be seen. `detail.refused` says how many refusals an entry stands for, when it is more than one,
 * and `detail.addresses` where they came from. What the attempt gate has counted is an entry each.
 *
 * Limitations: each replica counts for itself; a killed process forgets what it counted since the last flush, and so does one
 * that sees more than 10,000 of these in a minute.
 */
export function makeRefusalLog(deps: {
  readonly write: (refused: Refused, at: Date) => Promise<void>;
  readonly clock: Clock;
}): RefusalLog {
  const remembered = new LRUCache<string, Remembered>({ max: MOST_REMEMBERED });
  /** A clock that was set back makes nothing wait. */
  const rests = ({ writtenAt }: Remembered, now: Date): boolean => {
    const passed = now.getTime() - writtenAt;
    return passed >= 0 && passed < BETWEEN_ENTRIES_MS;
  };
  /** What can't be written is counted again, and the next refusal or flush tries anew. */
  const write = async (entry: Remembered, now: Date): Promise<void> => {
    const { unwritten, writtenAt } = entry;
    const addresses = [...entry.addresses];
    const combined = withCount(entry, unwritten);
    entry.addresses.clear();
    entry.unwritten = 0;
    entry.writtenAt = now.getTime();
    try {
      await deps.write(combined, now);
    } catch (error) {
      entry.unwritten += unwritten;
      for (const address of addresses) entry.addresses.add(address);
      entry.writtenAt = writtenAt;
      throw error;
    }
  };
  return {
    async note(refused) {
      const now = deps.clock.now();
      if (refused.isCounted === true) return deps.write(refused, now);
      const { actor, keyId, code, detail = null } = refused;
      const key = JSON.stringify([actor.agentId, actor.userId, keyId, code, detail]);
      const entry = remembered.get(key) ?? { writtenAt: -Infinity, unwritten: 0, last: refused, addresses: new Set() };
      remembered.set(key, entry);
      entry.unwritten += 1;
      entry.last = refused;
      if (actor.ip !== null && entry.addresses.size < MOST_ADDRESSES) entry.addresses.add(actor.ip);
      if (!rests(entry, now)) await write(entry, now);
    },
    async flush(isLast = false) {
      const now = deps.clock.now();
      for (const [key, entry] of [...remembered.entries()]) {
        const isDue = !rests(entry, now);
        if (entry.unwritten > 0 && (isDue || isLast)) await write(entry, now);
        else if (isDue) remembered.delete(key);
      }
    },
  };
}
