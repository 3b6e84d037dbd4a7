import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { mysqlAuditLog } from '../../src/audit/audit-log.mysql.js';
import type { NewAuditEntry } from '../../src/audit/audit-entry.js';
import { makeCommitTogether } from '../../src/audit/commit-together.mysql.js';
import { makeWriteChain } from '../../src/audit/write-chain.mysql.js';
import { connect } from '../../src/db/connect.js';
import { makeInTransaction } from '../../src/db/in-transaction.js';
import { openPackets } from '../../src/db/packets.js';
import { Secret } from '../../src/kernel/secret.js';
import { printLoad, underLoad } from './figures.js';
import type { Stack } from './stack.js';

const PREFIX = 'wp_';
const CALLERS = 256;

const entry = (turn: number): NewAuditEntry => ({
  kind: 'call.decision',
  at: new Date(),
  actor: { userId: null, agentId: null, credential: 'operator', ip: null },
  tool: 'posts.create',
  verdict: 'allow',
  findings: [],
  arguments: { title: `Post ${turn}`, content: '<p>Some words.</p>'.repeat(20), status: 'draft' },
});

/** One entry to a caller, each answered when its commit is on disk; in one transaction each, and sharing commits. */
export async function measureAppends({ databaseUrl }: Stack, count: number): Promise<void> {
  const url = new Secret(databaseUrl);
  const [knex, packets] = [connect({ url, tablePrefix: PREFIX, poolSize: 12 }), openPackets(url, 2)];
  const random = (bytes: number): Uint8Array => randomBytes(bytes);
  const alone = makeInTransaction(knex, (trx) => ({ audit: mysqlAuditLog(trx, PREFIX, random) }));
  const together = makeCommitTogether({
    writeChain: makeWriteChain({ packets, tablePrefix: PREFIX, wait: (milliseconds) => pause(milliseconds) }),
    tablePrefix: PREFIX,
    random,
    storesOf: (_db, audit) => ({ audit }),
    alone,
  });
  const entries = Array.from({ length: count }, (_, turn) => entry(turn));
  const fewer = entries.slice(0, count / 20);
  const single = await underLoad(12, fewer, (each) => alone(({ audit }) => audit.append([each])));
  printLoad('a transaction each, 12 at a time', single);
  await underLoad(CALLERS, fewer, (each) => together(({ audit }) => audit.append([each])));
  const shared = await underLoad(CALLERS, entries, (each) => together(({ audit }) => audit.append([each])));
  printLoad(`sharing commits, ${CALLERS} at a time`, shared, single);
  await Promise.all([knex.destroy(), packets.close()]);
}
