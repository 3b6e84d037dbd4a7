import type { Packets, SendPacket } from '../db/packets.js';
import { inlined } from '../db/sql-text.js';
import type { ChainHead } from './hash-chain.js';
import { HEAD, movingHead, STARTING_HEAD, type Appended } from './head-row.js';

/** Statements that lead the chain on from a head, the entries among them; undefined: nowhere. */
export interface Draft {
  readonly to: Appended | undefined;
  readonly statements: readonly string[];
}

/**
 * Builds a draft behind the chain's head and commits it. `build` may be called again, behind another head.
 * @returns the draft that stands, or undefined when the server refused it, which undid all of it
 * @throws when the database is out of reach, or nobody can tell whether it was committed
 */
export type WriteChain = <D extends Draft>(build: (head: ChainHead) => Promise<D>) => Promise<D | undefined>;

export interface WriteChainDeps {
  readonly packets: Packets;
  readonly tablePrefix: string;
  readonly wait: (milliseconds: number) => Promise<void>;
}

/** Between looks for a draft whose answer was lost; a server that is restarted is back by then, or the caller is refused. */
const PAUSES_MS = [0, 100, 400, 1_500];
/** When another replica was faster, the head is asked for so many times before it is trusted again to stand still. */
const ASKING = 20;

/**
 * One round trip as long as nobody else writes: the head is remembered, and the packet begins by moving it from there to its
 * own end. When it stood elsewhere that fails at once, undoes the packet, and the draft is built again behind a lock.
 *
 * After any failure the draft may stand all the same (a lost answer to COMMIT), so it is looked for by its last hash, which
 * its salt makes its own. That it isn't there is final once another stands in its place, since then it can't move the head.
 */
export function makeWriteChain({ packets, tablePrefix, wait }: WriteChainDeps): WriteChain {
  const head = makeHeadRow(tablePrefix);
  let known: ChainHead | undefined;
  let asking = 0;

  const behindLock = <D extends Draft>(build: (head: ChainHead) => Promise<D>, tried: D[]): Promise<D | undefined> =>
    packets.onOne(async (send) => {
      const from = await head.lock(send);
      const found = await head.find(send, tried);
      if (found === undefined && known !== undefined && known.hash !== from.hash) asking = ASKING;
      known = undefined;
      const draft = found ?? (await build(from));
      if (found !== undefined || draft.to === undefined) {
        await send(['ROLLBACK']);
        return draft;
      }
      tried.push(draft);
      try {
        await send([...head.move(from, draft.to), ...draft.statements, 'COMMIT']);
      } catch {
        await send(['ROLLBACK']);
        return undefined;
      }
      known = draft.to.head;
      return draft;
    });

  return async <D extends Draft>(build: (head: ChainHead) => Promise<D>): Promise<D | undefined> => {
    const tried: D[] = [];
    if (known !== undefined && asking === 0) {
      const from = known;
      const draft = await build(from);
      if (draft.to === undefined) return draft;
      tried.push(draft);
      try {
        await packets.send(['START TRANSACTION', ...head.move(from, draft.to), ...draft.statements, 'COMMIT']);
        known = draft.to.head;
        return draft;
      } catch {
        // What became of it is found out behind the lock.
      }
    }
    asking = Math.max(0, asking - 1);
    return lookingForIt(
      () => behindLock(build, tried),
      () => tried.length > 0,
      wait,
    );
  };
}

/** Tries until there is an answer; where nothing was sent that could stand, the first failure is the answer. */
async function lookingForIt<T>(
  attempt: () => Promise<T>,
  maybeStands: () => boolean,
  wait: (milliseconds: number) => Promise<void>,
): Promise<T> {
  let failure: unknown;
  for (const pause of PAUSES_MS) {
    if (pause > 0) await wait(pause);
    try {
      return await attempt();
    } catch (error) {
      failure = error;
      if (!maybeStands()) break;
    }
  }
  throw failure;
}

/**
 * Fails, and with it the packet, unless the statement before touched so many rows: a subquery of two rows is an error, which
 * SET raises (DO would turn it into a warning).
 */
export const touched = (rows: number): string =>
  `SET @chaperone_touched = IF(ROW_COUNT() = ${rows}, 1, (SELECT 1 UNION SELECT 2))`;

/** The statements about the head's row. */
function makeHeadRow(tablePrefix: string) {
  const table = `\`${tablePrefix.replaceAll('`', '``')}ai_agent_audit_head\``;
  const log = `\`${tablePrefix.replaceAll('`', '``')}ai_agent_audit_log\``;
  const read = `SELECT height, hash FROM ${table} WHERE id = ${HEAD} FOR UPDATE`;
  const start = inlined(`INSERT IGNORE INTO ${table} ${STARTING_HEAD.sql}`, STARTING_HEAD.bindings);
  return {
    /** Begins a transaction and holds the head until it ends. */
    async lock(send: SendPacket): Promise<ChainHead> {
      const [, rows] = await send(['START TRANSACTION', read]);
      return headOf(rows) ?? headOf((await send([start, read]))[1]) ?? unreadable();
    },
    move(from: ChainHead, to: Appended): readonly string[] {
      const { sql, bindings } = movingHead(to);
      const update = `UPDATE ${table} ${sql} AND height = ? AND hash = ?`;
      return [inlined(update, [...bindings, from.height, from.hash]), touched(1)];
    },
    /** The one of the drafts that stands in the log. */
    async find<D extends Draft>(send: SendPacket, drafts: readonly D[]): Promise<D | undefined> {
      for (const draft of drafts) {
        if (draft.to === undefined) continue;
        const { height, hash } = draft.to.head;
        const [rows] = await send([inlined(`SELECT id FROM ${log} WHERE id = ? AND hash = ?`, [height, hash])]);
        if (Array.isArray(rows) && rows.length === 1) return draft;
      }
      return undefined;
    },
  };
}

function headOf(rows: unknown): ChainHead | undefined {
  const [row] = rows as readonly { readonly height: unknown; readonly hash: unknown }[];
  if (row === undefined) return undefined;
  const { height, hash } = row;
  return typeof height === 'number' && Number.isSafeInteger(height) && typeof hash === 'string'
    ? { height, hash }
    : unreadable();
}

function unreadable(): never {
  throw new Error("the head of the audit log isn't one that it ever had");
}
