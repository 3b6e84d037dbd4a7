import type { Knex } from 'knex';
import { makeRecorder, mergeInserts, NotRecordable, type Recorder, type Written } from '../db/recorder.js';
import { inlined } from '../db/sql-text.js';
import { makeBatches } from '../kernel/batches.js';
import { ChaperoneError } from '../kernel/errors.js';
import type { RandomBytes } from '../kernel/ids.js';
import type { InTransaction } from '../kernel/in-transaction.js';
import type { AuditLog } from './audit-log.js';
import { auditLogAt } from './audit-log.mysql.js';
import type { ChainHead } from './hash-chain.js';
import type { Position } from './head-row.js';
import { touched, type Draft, type WriteChain } from './write-chain.mysql.js';

export interface CommitTogetherDeps<S> {
  readonly writeChain: WriteChain;
  readonly tablePrefix: string;
  readonly random: RandomBytes;
  readonly storesOf: (db: Knex, audit: AuditLog) => S;
  /** A transaction of its own, for work that can't be committed with others. */
  readonly alone: InTransaction<S>;
}

/** One piece of work, written down on the stores that it is given. */
type Member<S> = (stores: S) => Promise<void>;

interface SharedDraft<S> extends Draft {
  /** Those whose work can't be written down in advance, or failed: each goes alone. */
  readonly others: ReadonlySet<Member<S>>;
}

const MOST_MEMBERS = 64;
const MOST_WAITING = 2_000;
/** Well below what a server takes in one packet (max_allowed_packet, 16 MB by default). */
const MOST_CHARACTERS = 4_000_000;

/**
 * Transactions of concurrent requests, committed as one: the chain's head is locked once, each statement has the rows of
 * many, and all wait for the disk together. Each caller is answered when that commit is, and not before.
 *
 * The work is run on stores that write down what they would do, believing that every statement touches the rows that it means
 * to. The packet holds them to it: a statement that doesn't undoes the whole packet before its COMMIT, and then every member
 * is run in a transaction of its own and gets its own answer. So the work asks nothing but its stores, and may be
 * run more than once, as in any transaction that is tried again. Work that reads goes alone, and work without an entry.
 */
export function makeCommitTogether<S>(deps: CommitTogetherDeps<S>): InTransaction<S> {
  const recorder = makeRecorder();
  const wasCommitted = makeBatches<Member<S>, boolean>({
    lanes: 1,
    mostItems: MOST_MEMBERS,
    mostWaiting: MOST_WAITING,
    full: () => new ChaperoneError('overloaded', { retryAfter: 1 }),
    run: async (batch) => {
      const members = batch.map(({ item }) => item);
      const stands = await deps.writeChain((head) => draftOf(deps, recorder, members, head));
      for (const { item, resolve } of batch) resolve(stands !== undefined && !stands.others.has(item));
    },
  });
  return async <T>(work: (stores: S) => Promise<T>): Promise<T> => {
    const results: { readonly value: T }[] = [];
    const committed = await wasCommitted(async (stores) => {
      results.push({ value: await work(stores) });
    });
    if (!committed) return deps.alone(work);
    const result = results.at(-1);
    if (result === undefined) throw new Error('work was committed that never ran');
    return result.value;
  };
}

/** Runs every member's work behind `head`, one after the other, and joins what they wrote down. */
async function draftOf<S>(
  { storesOf, tablePrefix, random }: CommitTogetherDeps<S>,
  recorder: Recorder,
  members: readonly Member<S>[],
  head: ChainHead,
): Promise<SharedDraft<S>> {
  const position: Position = { head };
  const audit = auditLogAt(recorder.db, tablePrefix, random, position);
  const written: Written[] = [];
  const others = new Set<Member<S>>();
  let characters = 0;
  for (const member of members) {
    const before = { span: undefined, ...position };
    try {
      await member(storesOf(recorder.db, audit));
      const mine = recorder.take();
      characters += sizeOf(mine);
      if (position.head === before.head || characters > MOST_CHARACTERS) throw new NotRecordable('it goes alone');
      written.push(...mine);
    } catch {
      // Whatever the reason is, it shows again, and to this member's caller, when it is run alone.
      recorder.take();
      Object.assign(position, before);
      others.add(member);
    }
  }
  const statements = mergeInserts(written).flatMap(({ sql, bindings, rows }) => [
    inlined(sql, bindings),
    ...(rows === null ? [] : [touched(rows)]),
  ]);
  const { span } = position;
  return { to: span === undefined ? undefined : { head: position.head, span }, statements, others };
}

const lengthOf = (value: unknown): number =>
  typeof value === 'string' || value instanceof Uint8Array ? 2 * value.length : 20;

const sizeOf = (written: readonly Written[]): number =>
  written.flatMap(({ bindings }) => bindings).reduce<number>((sum, value) => sum + lengthOf(value), 0);
