import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { until } from '../../../dev/proc.js';
import { startCli, type CliProcess } from '../../support/built-cli.js';
import { httpRequest, type TestAnswer, type TestRequest } from '../../support/http-request.js';
import { addMischief } from '../../support/mischief.js';
import { pairedSite, type PairedSite } from '../../support/paired-site.js';
import { runFolder } from '../../support/stack.js';

let paired: PairedSite;
let process: CliProcess;
let address: string;

beforeAll(async () => {
  paired = await pairedSite();
  addMischief(paired.site);
  const cwd = join(runFolder(), 'drain');
  mkdirSync(cwd, { recursive: true });
  const env = { ...paired.environment, CHAPERONE_LISTEN: '127.0.0.1:0' };
  process = await startCli(['serve'], { cwd, env });
  const listening = () => /"address":"(http:\/\/127\.0\.0\.1:\d+)"/.exec(process.output())?.[1];
  await until(() => listening() !== undefined, 30_000);
  address = listening() ?? '';
}, 120_000);
afterAll(async () => {
  process.signal('SIGKILL');
  await paired.stop();
});

/** Signed for the public address, sent to the process. */
const send = (request: TestRequest): Promise<TestAnswer> =>
  httpRequest(address, { ...request, signedFor: paired.url, unsigned: [['Host', new URL(paired.url).host]] });

describe('SIGTERM while a call runs', () => {
  it('the call ends properly, nobody new is let in, and the process ends with 0', async () => {
    let ended = false;
    const call = send({
      method: 'POST',
      path: '/v1/execute',
      body: { tool: 'posts.create', args: { title: '[slow]' } },
      key: paired.agent.key,
    }).finally(() => {
      ended = true;
    });
    const intents = async () => (await paired.get('/v1/audit?kind=call.intent')).body.items as unknown[];
    expect(await until(async () => (await intents()).length === 1, 10_000)).toBe(true);

    process.signal('SIGTERM');
    expect(await until(() => process.output().includes('draining'), 5_000)).toBe(true);
    expect(await send({ path: '/readyz' })).toMatchObject({ status: 503, body: { status: 'draining' } });
    const refused = () =>
      send({ path: '/livez' }).then(
        () => false,
        (error: unknown) => (error as { code?: string }).code === 'ECONNREFUSED',
      );
    expect(await until(refused, 5_000)).toBe(true);
    expect(ended).toBe(false);

    expect(await call).toMatchObject({ status: 200, body: { status: 'executed' } });
    const { code, stdout, stderr } = await process.ended;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('"stopped"');
    for (const line of stdout.trim().split('\n')) expect(() => JSON.parse(line) as unknown).not.toThrow();
    const { body } = await paired.get(`/v1/audit?callId=${(await call).body.callId}`);
    expect(body.items[0]).toMatchObject({ kind: 'call.outcome', outcome: 'succeeded' });
  }, 60_000);
});
