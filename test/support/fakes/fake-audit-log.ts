import type { AuditEntry, NewAuditEntry } from '../../../src/audit/audit-entry.js';
import type { AuditFilter, AuditLog, AuditReader, SearchedPage } from '../../../src/audit/audit-log.js';
import { auditFromRow, auditToRow, type AuditRow } from '../../../src/audit/audit-row.js';
import type { StoredEntry } from '../../../src/audit/evidence.js';
import { appendToChain, EMPTY_CHAIN, headAfter, type ChainHead } from '../../../src/audit/hash-chain.js';
import type { AuditEntryId } from '../../../src/kernel/ids.js';
import type { InTransaction } from '../../../src/kernel/in-transaction.js';
import { storedEntry } from '../stored-entry.js';

function matches(entry: AuditEntry, filter: AuditFilter): boolean {
  const { kind, from, to } = filter;
  const wanted: [unknown, unknown][] = [
    [filter.userId, entry.actor.userId],
    [filter.agentId, entry.actor.agentId],
    [filter.callId, entry.callId],
    [filter.tool, entry.tool],
    [filter.entityType, entry.entity?.type],
    [filter.entityId, entry.entity?.id],
    [filter.verdict, entry.verdict],
    [filter.code, entry.code],
    [filter.policyVersion, entry.policyVersion],
  ];
  return (
    wanted.every(([value, actual]) => value === undefined || value === actual) &&
    (kind === undefined || entry.kind === kind || entry.kind.startsWith(`${kind}.`)) &&
    (from === undefined || entry.at >= from) &&
    (to === undefined || entry.at < to)
  );
}

/** The log in memory: rows as the database would hold them, so that a test can damage them. */
export class FakeAuditLog implements AuditReader {
  rows: AuditRow[] = [];
  end: ChainHead = EMPTY_CHAIN;
  #turn: Promise<unknown> = Promise.resolve();

  /** One transaction after the other; one that throws leaves everything as it was. */
  readonly inTransaction: InTransaction<{ readonly audit: AuditLog }> = (work) => {
    const run = async (): ReturnType<typeof work> => {
      const [rows, end] = [[...this.rows], this.end];
      try {
        return await work({ audit: { append: (entries) => Promise.resolve(this.#append(entries)) } });
      } catch (error) {
        [this.rows, this.end] = [rows, end];
        throw error;
      }
    };
    const mine = this.#turn.then(run);
    this.#turn = mine.catch(() => undefined);
    return mine;
  };

  #append(entries: readonly NewAuditEntry[]): readonly AuditEntry[] {
    return entries.map((entry) => {
      const chained = appendToChain(this.end, entry, `${this.rows.length}`.padStart(32, '0'));
      this.rows.push(auditToRow(chained));
      this.end = headAfter(chained);
      return chained;
    });
  }

  #entries(): AuditEntry[] {
    return [...this.rows].sort((left, right) => left.id - right.id).map(auditFromRow);
  }

  list(
    filter: AuditFilter,
    { before, limit }: { before?: AuditEntryId; limit: number },
  ): Promise<readonly AuditEntry[]> {
    const found = this.#entries().filter(
      (entry) => matches(entry, filter) && (before === undefined || entry.id < before),
    );
    return Promise.resolve(found.reverse().slice(0, limit));
  }

  search(
    filter: AuditFilter,
    {
      text,
      before,
      limit,
      within,
    }: { readonly text: string; readonly before?: AuditEntryId; readonly limit: number; readonly within: number },
  ): Promise<SearchedPage> {
    const all = this.#entries()
      .filter((entry) => matches(entry, filter) && (before === undefined || entry.id < before))
      .reverse();
    const edge = all[within];
    const wanted = JSON.stringify(text).slice(1, -1).toLowerCase();
    const holds = (part: unknown): boolean =>
      part !== undefined && (typeof part === 'string' ? part : JSON.stringify(part)).toLowerCase().includes(wanted);
    const found = all
      .slice(0, within)
      .filter(({ arguments: args, findings, detail, actor, tool, code }) =>
        [args, findings, detail, actor.ip ?? undefined, tool, code].some(holds),
      );
    const page = found.slice(0, limit);
    const next =
      found.length > limit ? (page.at(-1)?.id ?? null) : edge === undefined ? null : ((edge.id + 1) as AuditEntryId);
    return Promise.resolve({ entries: page, next });
  }

  get(id: AuditEntryId): Promise<AuditEntry | undefined> {
    return Promise.resolve(this.#entries().find((entry) => entry.id === id));
  }

  /** For tests: entries as they were written. */
  after(after: number, limit: number): Promise<readonly AuditEntry[]> {
    return Promise.resolve(
      this.#entries()
        .filter(({ id }) => id > after)
        .slice(0, limit),
    );
  }

  evidence(after: number, limit: number, filter: AuditFilter = {}): Promise<readonly StoredEntry[]> {
    const found = [...this.rows]
      .sort((left, right) => left.id - right.id)
      .filter((row) => row.id > after && matches(auditFromRow(row), filter));
    return Promise.resolve(found.slice(0, limit).map(storedEntry));
  }

  head(): Promise<ChainHead> {
    return Promise.resolve(this.end);
  }
}
