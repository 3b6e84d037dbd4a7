import { setImmediate as turn } from 'node:timers/promises';
import { assertNever } from '../kernel/assert-never.js';
import type { AuditReader } from './audit-log.js';
import type { CheckpointStore } from './checkpoint-store.js';
import { evidenceOf, faultOf, type LinkFault, type StoredEntry } from './evidence.js';
import type { ChainHead } from './hash-chain.js';
import type { ReadLogKeys } from './log-keys.js';
import { makeWalk, type Fault, type Walk } from './walk.js';

export type ChainReport =
  | { readonly ok: true; readonly entries: number }
  | { readonly ok: false; readonly entries: number; readonly firstBad: Fault };

const PAGE = 1_000;
/** So many entries take a millisecond. */
const SLICE = 100;

export function reasonOf(fault: LinkFault): string {
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

function endFault(walked: ChainHead, end: ChainHead): Fault | undefined {
  if (walked.height < end.height)
    return { id: walked.height + 1, reason: `the log ends here, but it had ${end.height} entries` };
  if (walked.height > end.height)
    return { id: end.height + 1, reason: `the log had ${end.height} entries when it was last written` };
  return walked.hash === end.hash ? undefined : { id: walked.height, reason: 'the last entry was exchanged' };
}

/** What is kept beside the entries and vouches for them. */
export interface Vouchers {
  readonly checkpoints: Pick<CheckpointStore, 'after'>;
  readonly readKeys: ReadLogKeys;
}

const NO_VOUCHERS: Vouchers = {
  checkpoints: { after: () => Promise.resolve([]) },
  readKeys: () => Promise.resolve(undefined),
};

/** Takes the entries of a page until one is wrong. Between slices others have their turn, the next page's arrival among them. */
async function takePage(walk: Walk, page: readonly StoredEntry[]): Promise<Fault | undefined> {
  for (let from = 0; from < page.length; from += SLICE) {
    await turn();
    for (const stored of page.slice(from, from + SLICE)) {
      const entry = evidenceOf(stored);
      const fault = faultOf(walk.head(), entry);
      if (fault !== undefined) return { id: entry.id, reason: reasonOf(fault) };
      const wrong = walk.take(entry) ? await walk.checkpoints() : undefined;
      if (wrong !== undefined) return wrong;
    }
  }
  return undefined;
}

/**
 * Walks the chain from the first entry to whatever stands last, and every checkpoint with it. Edits, insertions, removals and
 * reordering are found by the links; an end that was cut off or added to by the head, which is kept apart from the
 * entries; a chain that was rewritten, head and all, by the signed checkpoints. Entries that are appended meanwhile are
 * verified too: an entry and its head become visible together.
 *
 * Limitation: what was rewritten behind the newest checkpoint, and checkpoints removed from the end with the entries that they cover,
 * are found only by whoever kept a checkpoint elsewhere.
 */
export async function verifyChain(
  reader: Pick<AuditReader, 'evidence' | 'head'>,
  onProgress: (entries: number) => void,
  { checkpoints, readKeys }: Vouchers = NO_VOUCHERS,
): Promise<ChainReport> {
  const [first] = await reader.evidence(BEFORE_ALL, 1);
  const walk = makeWalk({
    first: first && evidenceOf(first),
    checkpoints,
    signers: (await readKeys()) ?? { origin: '', keys: [] },
  });
  const wrong = (await walk.checkpoints()) ?? (await walkToEnd(reader, walk, onProgress));
  const entries = walk.entries();
  return wrong === undefined ? { ok: true, entries } : { ok: false, entries, firstBad: wrong };
}

async function walkToEnd(
  reader: Pick<AuditReader, 'evidence' | 'head'>,
  walk: Walk,
  onProgress: (entries: number) => void,
): Promise<Fault | undefined> {
  const next = (after: number): Promise<readonly StoredEntry[]> =>
    reader.evidence(after === 0 ? BEFORE_ALL : after, PAGE);
  let page = await next(walk.head().height);
  for (;;) {
    const last = page.at(-1);
    // Read ahead: the database looks for the next page while this one is hashed.
    const ahead = last === undefined ? undefined : next(last.id);
    ahead?.catch(() => undefined);
    const wrong = await takePage(walk, page);
    if (wrong !== undefined) return wrong;
    if (ahead !== undefined) {
      onProgress(walk.entries());
      page = await ahead;
      continue;
    }
    const beyond = await walk.beyond();
    const end = await reader.head();
    page = await next(walk.head().height);
    if (page.length === 0) return endFault(walk.head(), end) ?? beyond ?? walk.unexplained();
  }
}
