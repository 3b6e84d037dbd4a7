import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { METRICS } from '../../src/metrics/names.js';
import { listen, type RunningServer } from '../../src/http/server.js';
import { pairedSite, type PairedSite } from '../support/paired-site.js';

let paired: PairedSite;
let admin: RunningServer;
beforeAll(async () => {
  paired = await pairedSite();
  admin = await listen(paired.sidecar.adminApp(), { host: '127.0.0.1', port: 0 });
}, 90_000);
afterAll(async () => {
  await admin.close(0);
  await paired.stop();
});

const at = (path: string): Promise<Response> => fetch(`http://127.0.0.1:${admin.port}${path}`);
const scrape = async (): Promise<string> => (await at('/metrics')).text();

function value(text: string, series: string): number | undefined {
  const line = text.split('\n').find((each) => each.startsWith(`${series} `));
  return line === undefined ? undefined : Number(line.slice(series.length + 1));
}

it('counts calls, decisions, outcomes and stages, and reads the site', async () => {
  expect((await paired.execute({ tool: 'posts.create', args: { title: 'Counted' } })).status).toBe(200);
  expect((await paired.execute({ tool: 'site.info', dryRun: true })).status).toBe(200);
  expect((await paired.execute({ tool: 'no.such' })).status).toBe(422);
  expect((await paired.send({ method: 'GET', path: '/secret-of-nobody' })).status).toBe(404);
  const text = await scrape();
  const requests = 'chaperone_requests_total';
  expect(value(text, `${requests}{route="/v1/execute",method="POST",status="200",code=""}`)).toBe(2);
  expect(value(text, `${requests}{route="/v1/execute",method="POST",status="422",code="tool_unknown"}`)).toBe(1);
  expect(value(text, `${requests}{route="none",method="GET",status="404",code="not_found"}`)).toBe(1);
  const decisions = 'chaperone_decisions_total{effect="allow",code="policy_allowed"';
  expect(value(text, `${decisions},dry_run="false"}`)).toBe(1);
  expect(value(text, `${decisions},dry_run="true"}`)).toBe(1);
  expect(value(text, 'chaperone_outcomes_total{outcome="succeeded"}')).toBe(1);
  for (const stage of ['authenticate', 'check', 'decide', 'admit', 'run'])
    expect(value(text, `chaperone_stage_seconds_count{stage="${stage}"}`)).toBeGreaterThan(0);
  expect(value(text, 'chaperone_agents{state="active"}')).toBe(1);
  expect(value(text, 'chaperone_keys{state="active"}')).toBe(1);
  expect(value(text, 'chaperone_policy_version')).toBe(1);
  expect(value(text, 'chaperone_kill_switch_on')).toBe(0);
  expect(value(text, 'chaperone_up_to_date')).toBe(1);
  expect(value(text, 'chaperone_audit_entries')).toBeGreaterThan(3);
  expect(Math.abs(value(text, 'chaperone_clock_skew_seconds') ?? NaN)).toBeLessThan(5);
  expect(text).not.toContain('secret-of-nobody');
  expect(text).not.toMatch(/^chaperone_reading_failed\{.*\} 1$/m);
});

it('shows every metric that it promises, and nothing that names somebody', async () => {
  const text = await scrape();
  for (const [name, help] of Object.entries(METRICS)) expect(text).toContain(`# HELP ${name} ${help}`);
  for (const name of [paired.agent.id, paired.agent.login, paired.agent.keyId, paired.agent.secret])
    expect(text).not.toContain(name);
});

it('serves metrics there and nowhere else, and nothing else there', async () => {
  expect((await paired.send({ method: 'GET', path: '/metrics' })).status).toBe(404);
  expect((await at('/v1/audit')).status).toBe(404);
  expect((await at('/metrics')).headers.get('content-type')).toMatch(/^text\/plain/);
});
