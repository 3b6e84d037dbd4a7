import { assertNever } from '../kernel/assert-never.js';
import type { AuditEntry } from './audit-entry.js';
import type { AuditReader } from './audit-log.js';
import { EMPTY_CHAIN, faultOf, headAfter, type ChainHead, type LinkFault } from './hash-chain.js';

export type ChainReport =
  | { readonly ok: true; readonly entries: number }
  | {
      readonly ok: false;
      readonly entries: number;
      readonly firstBad: { readonly id: number; readonly reason: string };
    };

const PAGE = 1_000;

function reasonOf(fault: LinkFault): string {
  switch (fault) {
    case 'form':
      return 'it holds what the log never writes';
    case 'number':
      return "its number isn't the one after the entry before";
    case 'previous_hash':
      return "it doesn't follow from the entry before";
    case 'private_part':
      return 'its address, findings, arguments or detail were changed';
    case 'hash':
      return 'its fields were changed';
    default:
      return assertNever(fault);
  }
}

/** Ids begin at 1; what somebody put before it must be seen too. */
const BEFORE_ALL = -1;

function conclusion(walked: ChainHead, end: ChainHead): ChainReport {
  const bad = (id: number, reason: string): ChainReport => ({
    ok: false,
    entries: walked.height,
    firstBad: { id, reason },
  });
  if (walked.height < end.height) return bad(walked.height + 1, `the log ends here, but it had ${end.height} entries`);
  if (walked.height > end.height)
    return bad(end.height + 1, `the log had ${end.height} entries when it was last written`);
  if (walked.hash !== end.hash) return bad(walked.height, 'the last entry was exchanged');
  return { ok: true, entries: walked.height };
}

/**
 * Walks the chain from the first entry to whatever stands last. Edits, insertions, removals and reordering are found by
 * the links; an end that was cut off or added to is found by the head, which is kept apart from the entries.
 * Entries that are appended meanwhile are verified too: an entry and its head become visible together.
 *
 * Limitation: who can rewrite the whole chain and its head can't be found out by the database alone.
 */
export async function verifyChain(
  reader: Pick<AuditReader, 'after' | 'head'>,
  onProgress: (entries: number) => void,
): Promise<ChainReport> {
  let walked: ChainHead = EMPTY_CHAIN;
  const next = (limit: number): Promise<readonly AuditEntry[]> =>
    reader.after(walked.height === 0 ? BEFORE_ALL : walked.height, limit);
  for (;;) {
    const entries = await next(PAGE);
    for (const entry of entries) {
      const fault = faultOf(walked, entry);
      if (fault !== undefined) {
        return { ok: false, entries: walked.height, firstBad: { id: entry.id, reason: reasonOf(fault) } };
      }
      walked = headAfter(entry);
    }
    if (entries.length > 0) {
      onProgress(walked.height);
      continue;
    }
    const end = await reader.head();
    const grew = end.height > walked.height && (await next(1)).length > 0;
    if (!grew) return conclusion(walked, end);
  }
}
