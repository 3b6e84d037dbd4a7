import { assertNever } from '../kernel/assert-never.js';
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
      return 'an entry is missing before this one';
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

/**
 * Walks the chain from the first entry. Edits, insertions, removals and reordering are found by the links; an end that
 * was cut off is found by the head, which is kept apart from the entries.
 *
 * Limitation: who can rewrite the whole chain and its head can't be found out by the database alone.
 */
export async function verifyChain(reader: AuditReader, onProgress: (entries: number) => void): Promise<ChainReport> {
  const end = await reader.head();
  let head: ChainHead = EMPTY_CHAIN;
  while (head.height < end.height) {
    const entries = await reader.after(head.height, Math.min(PAGE, end.height - head.height));
    if (entries.length === 0) break;
    for (const entry of entries) {
      const fault = faultOf(head, entry);
      if (fault !== undefined) {
        return { ok: false, entries: head.height, firstBad: { id: entry.id, reason: reasonOf(fault) } };
      }
      head = headAfter(entry);
    }
    onProgress(head.height);
  }
  if (head.height !== end.height) {
    const reason = `the log ends here, but it had ${end.height} entries`;
    return { ok: false, entries: head.height, firstBad: { id: head.height + 1, reason } };
  }
  if (head.hash !== end.hash) {
    return { ok: false, entries: head.height, firstBad: { id: head.height, reason: 'the last entry was exchanged' } };
  }
  return { ok: true, entries: head.height };
}
