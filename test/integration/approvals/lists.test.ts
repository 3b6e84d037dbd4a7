import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { pairedSite, type PairedSite } from '../../support/paired-site.js';

const [PENDING, ENDED] = [1_000, 10_000];

let paired: PairedSite;

beforeAll(async () => {
  paired = await pairedSite();
  await paired.allow({
    tools: [{ id: 'everything', effect: 'allow' }],
    approvals: [{ id: 'all', steps: [{ name: 'desk', approvers: { roles: ['editor'] } }], expiresIn: '7d' }],
  });
  const args = { title: 'One of many', content: 'Words. '.repeat(2_000) };
  const { status } = await paired.execute({ tool: 'posts.create', args });
  expect(status).toBe(202);
  const table = `${paired.site.database.tablePrefix}ai_agent_approvals`;
  const [columns] = (await paired.db.raw('SHOW COLUMNS FROM ??', [table])) as [{ Field: string }[]];
  const kept = columns.map(({ Field }) => Field).filter((name) => !['id', 'seq', 'call_id', 'state'].includes(name));
  await paired.db.raw(
    `INSERT INTO ?? (id, call_id, state, ${kept.join(', ')})
     SELECT CONCAT('apr_', LPAD(s.seq, 20, '0')), CONCAT('call_', LPAD(s.seq, 20, '0')),
       IF(s.seq % ${(PENDING + ENDED) / PENDING} = 0, 'pending', ELT(1 + s.seq % 3, 'succeeded', 'rejected', 'stale')),
       ${kept.map((name) => `a.${name}`).join(', ')}
     FROM ?? a JOIN seq_1_to_${PENDING + ENDED} s`,
    [table, table],
  );
}, 120_000);

afterAll(() => paired.stop());

it(`lists of ${PENDING} that wait and ${ENDED} that have ended open in under a second`, async () => {
  const lines: string[] = [];
  const { editor } = paired.site.users;
  await paired.get('/v1/approvals?limit=1', editor);
  for (const query of [
    'limit=100',
    'view=mine&limit=25',
    'view=open&limit=100',
    'view=decided&limit=100',
    'status=pending&limit=100',
  ]) {
    // The least of three: what else the machine does isn't the list's.
    let took = Number.POSITIVE_INFINITY;
    let found = 0;
    for (let time = 0; time < 3; time += 1) {
      const began = performance.now();
      const { status, body } = await paired.get(`/v1/approvals?${query}`, editor);
      took = Math.min(took, performance.now() - began);
      expect(status).toBe(200);
      found = (body as { items: unknown[] }).items.length;
    }
    lines.push(`  ${query}: ${found} in ${took.toFixed(0)} ms`);
    expect(found).toBeGreaterThan(0);
    expect(took).toBeLessThan(1_000);
  }
  const began = performance.now();
  let [seen, cursor] = [0, ''];
  do {
    const { body } = await paired.get(`/v1/approvals?view=open&limit=100${cursor}`, editor);
    seen += body.items.length as number;
    cursor = body.nextCursor === null ? '' : `&cursor=${body.nextCursor}`;
  } while (cursor !== '');
  lines.push(`  all ${seen} that wait, page by page, in ${(performance.now() - began).toFixed(0)} ms`);
  expect(seen).toBe(PENDING + 1);
  process.stdout.write(`approvals over HTTP, ${PENDING} waiting and ${ENDED} ended:\n${lines.join('\n')}\n`);
}, 60_000);
