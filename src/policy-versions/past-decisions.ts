import type { AuditEntry } from '../audit/audit-entry.js';
import type { AuditReader } from '../audit/audit-log.js';

/** Newest first. `from` and `to` are half-open; at most `last` entries. */
export interface PastRange {
  readonly from?: Date | undefined;
  readonly to?: Date | undefined;
  readonly last: number;
}

/** The most decisions that one question looks at. */
export const MOST_DECISIONS = 10_000;
const PAGE = 200;

/** The decisions of the log, page by page, so that neither memory nor the database has to hold all of them at once. */
export async function* pastDecisions(
  log: Pick<AuditReader, 'list'>,
  { from, to, last }: PastRange,
): AsyncGenerator<AuditEntry> {
  const filter = {
    kind: 'call.decision',
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
  };
  let left = Math.min(last, MOST_DECISIONS);
  let before: AuditEntry['id'] | undefined;
  while (left > 0) {
    const limit = Math.min(PAGE, left);
    const page = await log.list(filter, { limit, ...(before === undefined ? {} : { before }) });
    yield* page;
    before = page.at(-1)?.id;
    left -= page.length;
    if (page.length < limit) return;
  }
}
