import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { until } from '../../../dev/proc.js';
import { startCli, runCli, type CliProcess } from '../../support/built-cli.js';
import { pairedSite, type PairedSite } from '../../support/paired-site.js';
import { runFolder } from '../../support/stack.js';
import { aReceiver, type TestReceiver } from './receiver.js';

const KILLS = Number(process.env['KILLS'] ?? 1);
const EACH = 10;
/** Longer than a turn of a dead worker. */
const LATER = 61_000;

let paired: PairedSite;
let receiver: TestReceiver;
let late = 0;
let cwd: string;
const processes: CliProcess[] = [];
beforeAll(async () => {
  receiver = await aReceiver();
  paired = await pairedSite({
    clock: { now: () => new Date(Date.now() + late) },
    sidecarEnv: { CHAPERONE_WEBHOOK_NETWORKS: '127.0.0.1' },
  });
  cwd = join(runFolder(), 'webhooks-killed');
  mkdirSync(cwd, { recursive: true });
}, 120_000);
afterAll(async () => {
  for (const each of processes) each.signal('SIGKILL');
  await receiver.close();
  await paired.stop();
});

const env = () => ({ ...paired.environment, CHAPERONE_LISTEN: '127.0.0.1:0' });
const cli = async (...args: string[]) => {
  const { code, stdout, stderr } = await runCli(['webhook', ...args, '--json'], { cwd, env: env() });
  return { code, stderr, json: JSON.parse(stdout) as Record<string, never> & { items: Record<string, string>[] } };
};
const audited = (): readonly number[] =>
  receiver.received.map(({ body }) => (JSON.parse(body) as { data: { auditId?: number } }).data.auditId ?? 0);

describe('a process that is killed while it sends', () => {
  it('loses nothing: what it had taken is sent by another', async () => {
    const made = await cli('endpoint', 'create', receiver.url, '--events', 'call.denied');
    expect(made.code).toBe(0);
    receiver.delayMs = 40;
    for (let kill = 0; kill < KILLS; kill += 1) {
      const before = receiver.received.length;
      await Promise.all(
        Array.from({ length: EACH }, () => paired.execute({ tool: 'posts.get', args: { id: 987_654 } })),
      );
      const process = await startCli(['serve'], { cwd, env: env() });
      processes.push(process);
      expect(await until(() => receiver.received.length > before + 2, 60_000)).toBe(true);
      process.signal('SIGKILL');
      await process.ended;
      late += LATER;
      const rest = async (): Promise<boolean> => {
        await paired.sidecar.deliverNotices();
        return new Set(audited()).size >= (kill + 1) * EACH;
      };
      expect(await until(rest, 60_000)).toBe(true);
      late = 0;
      await paired.db('wp_ai_agent_webhook_endpoints').update({ claimed_until: null });
    }
    const { items } = (await paired.get('/v1/audit?kind=call.decision&limit=200')).body as { items: { id: number }[] };
    expect([...new Set(audited())].sort((a, b) => a - b)).toEqual(items.map(({ id }) => id).sort((a, b) => a - b));
    expect(await paired.db('wp_ai_agent_webhook_deliveries').whereNot({ state: 'delivered' })).toEqual([]);
  }, 180_000);
});

describe('chaperone webhook', () => {
  it('makes, rotates and removes sources', async () => {
    const wanted = ['--agent', paired.agent.id, '--tool', 'posts.create', '--args', '{"title":{"from":"/title"}}'];
    const made = await cli('source', 'create', 'shop', ...wanted);
    expect(made.json).toMatchObject({
      source: { name: 'shop', state: 'active' },
      url: `${paired.url}/v1/webhooks/shop`,
      secret: expect.stringMatching(/^whsec_/),
    });
    const undecided = await cli('source', 'rotate', 'shop');
    expect(undecided).toMatchObject({ code: 2, json: { code: 'usage' } });
    expect((await cli('source', 'rotate', 'shop', '--overlap', '0', '--yes')).json).toMatchObject({
      secret: expect.stringMatching(/^whsec_/),
    });
    expect((await cli('source', 'create', 'other', ...wanted.slice(0, 4), '--args', '[]')).code).toBe(2);
    expect((await cli('source', 'remove', 'shop', '--yes')).json).toMatchObject({ deleted: true });
  }, 120_000);

  it('tests and removes endpoints, and repeats deliveries', async () => {
    receiver.delayMs = 0;
    const [endpoint] = (await cli('endpoint', 'list')).json.items;
    const id = endpoint?.['id'] ?? '';
    expect((await cli('endpoint', 'test', id)).json).toMatchObject({ status: 'delivered', event: 'webhook.test' });
    const [newest] = (await cli('deliveries', '--endpoint', id, '--status', 'delivered')).json.items;
    expect((await cli('redeliver', String(newest?.['id']))).json).toMatchObject({ status: 'pending' });
    expect((await cli('endpoint', 'remove', id, '--yes')).json).toMatchObject({ deleted: true });
  }, 120_000);
});
