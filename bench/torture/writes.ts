import { setTimeout as pause } from 'node:timers/promises';
import { readConfig } from '../../src/config.js';
import { connect } from '../../src/db/connect.js';
import type { Stack } from '../service/stack.js';
import { broken } from './broken.js';
import { check, printVerdict, settleLost } from './check.js';
import { makeHistory, makeSender } from './history.js';

const CALLERS = 6;
const LOG = 'wp_ai_agent_audit_log';
const SETTLE_MS = 60_000;

/** The log can't be written, then a table of ours is locked, for some seconds each under load: nothing may be done unseen. */
export async function failWrites(stack: Stack, seconds: number): Promise<void> {
  const knex = connect({ url: readConfig(stack.environment).databaseUrl, tablePrefix: 'wp_', poolSize: 1 });
  const at = stack.environment['CHAPERONE_LISTEN'] ?? '';
  const history = makeHistory(makeSender(stack));
  const load = history.load(CALLERS, () => at);
  const posts = async (): Promise<number> => {
    const row = await knex('wp_posts').where('post_title', 'like', 'torture %').count<{ n: number }[]>({ n: '*' });
    return Number(row[0]?.n);
  };
  await pause(1_000);
  await knex.raw('RENAME TABLE ?? TO ??', [LOG, `${LOG}_away`]);
  // What was under way may still end: its intent was committed before.
  await pause(1_000);
  const before = await posts();
  await pause(seconds * 1_000);
  const meanwhile = (await posts()) - before;
  await knex.raw('RENAME TABLE ?? TO ??', [`${LOG}_away`, LOG]);
  await pause(1_000);
  await knex.raw('LOCK TABLES ?? WRITE', ['wp_ai_agent_calls']);
  await pause(seconds * 1_000);
  await knex.raw('UNLOCK TABLES');
  await pause(1_000);
  await load.stop();
  await knex.destroy();
  await settleLost(stack);
  const open = await history.settle(() => at, SETTLE_MS);
  console.log(`  ${meanwhile} posts made while the log couldn't be written; ${open} calls not settled in the end`);
  if (meanwhile > 0) broken('nothing is done without its entry');
  if (open > 0) broken('every call is settled in the end');
  printVerdict(await check(stack, history.all));
}
