import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { readConfig } from '../../src/config.js';
import { parseKeyId, Secret, type SigningKey } from '../../src/client/index.js';
import { ERRORS, type ErrorCode } from '../../src/kernel/errors.js';
import { freePort } from '../../dev/ports.js';
import { headersOf, type TestAnswer, type TestRequest } from '../support/http-request.js';
import { addMischief } from '../support/mischief.js';
import { pairedSite, startSidecar, type PairedSite, type TestSidecar } from '../support/paired-site.js';
import { expectProblem } from './problem.js';

let paired: PairedSite;
beforeAll(async () => {
  paired = await pairedSite({ workers: 6 });
  addMischief(paired.site);
}, 90_000);
afterAll(() => paired.stop());

/** What a case changed about the site is put back before the next one. */
const undo: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const each of undo.splice(0).reverse()) await each();
});

const table = (name: string): string => `${paired.config.tablePrefix}ai_agent_${name}`;
const CREATE = { tool: 'posts.create', args: { title: 'x' } };
const executeBody = (changes: Partial<TestRequest>): TestRequest => ({
  method: 'POST',
  path: '/v1/execute',
  body: CREATE,
  key: paired.agent.key,
  ...changes,
});
const send = (changes: Partial<TestRequest>): Promise<TestAnswer> => paired.send(executeBody(changes));
const save = (body: object): Promise<TestAnswer> =>
  paired.send({ method: 'POST', path: '/v1/policies', body, user: paired.site.users.admin });

const set = (body: object): Promise<TestAnswer> =>
  paired.send({
    method: 'PUT',
    path: '/v1/settings',
    body: { version: 0, settings: {}, ...body },
    user: paired.site.users.admin,
  });

const undoing = ({ body: { callId } }: TestAnswer): Promise<TestAnswer> =>
  paired.send({ method: 'POST', path: `/v1/calls/${callId}/undo`, body: {}, key: paired.agent.key });

async function under(policy: object): Promise<TestAnswer> {
  await paired.allow({ tools: [{ id: 'all', effect: 'allow' }], ...policy });
  undo.push(() => paired.allow());
  return paired.execute(CREATE);
}

/** A sidecar that is configured differently, under the same public address. */
async function elsewhere(changes: Record<string, string>): Promise<TestSidecar> {
  const config = readConfig({ ...paired.environment, ...changes });
  const other = await startSidecar(config, 0, undefined, paired.url);
  undo.push(() => other.close());
  return other;
}

function stranger(): SigningKey {
  const id = parseKeyId('key_00000000000000000000');
  if (id === undefined) throw new Error('not a key id');
  return { id, algorithm: 'hmac-sha256', secret: new Secret<Uint8Array>(randomBytes(32)) };
}

const seconds = (ago: number): number => Math.floor(Date.now() / 1000) - ago;

/** One way to each code. */
const CASES: Partial<Record<ErrorCode, () => Promise<TestAnswer>>> = {
  request_malformed: () => send({ body: '{"tool":"site.info","tool":"posts.create"}' }),
  request_too_large: () => send({ body: Buffer.alloc(9_000_000, ' ') }),
  unsupported_media_type: () => send({ body: 'tool=site.info', contentType: 'application/x-www-form-urlencoded' }),
  not_found: () => paired.get('/v1/nothing'),
  args_invalid: () => paired.execute({ tool: 'posts.create', args: { title: 7 } }),
  tool_unknown: () => paired.execute({ tool: 'posts.burn' }),
  async idempotency_key_reused() {
    await paired.execute(CREATE, { idempotencyKey: 'reused' });
    return paired.execute({ tool: 'site.info' }, { idempotencyKey: 'reused' });
  },
  async idempotency_in_progress() {
    const slow = { tool: 'posts.create', args: { title: '[slow]' } };
    const first = paired.execute(slow, { idempotencyKey: 'slow' });
    undo.push(async () => {
      expect((await first).status).toBe(200);
    });
    await new Promise((resolve) => setTimeout(resolve, 700));
    return paired.execute(slow, { idempotencyKey: 'slow' });
  },
  async undo_impossible() {
    const made = await paired.execute({ tool: 'site.info' });
    return undoing(made);
  },
  async undo_conflict() {
    const made = await paired.execute(CREATE);
    await paired.execute({ tool: 'posts.update', args: { id: made.body.result.id, title: 'y' } });
    return undoing(made);
  },
  signature_missing: () =>
    paired.send({ method: 'POST', path: '/v1/execute', body: CREATE, user: paired.site.users.admin }),
  signature_invalid: () => send({ key: stranger() }),
  signature_stale: () => send({ created: seconds(400) }),
  signature_coverage: () => send({ unsigned: [['Idempotency-Key', 'not covered']] }),
  async signature_replayed() {
    const request = executeBody({ body: { tool: 'site.info' } });
    const headers = headersOf(paired.url, request);
    const again = { method: 'POST', path: request.path, body: request.body, contentType: null, headers };
    expect((await paired.send(again)).status).toBe(200);
    return paired.send(again);
  },
  digest_mismatch() {
    const headers = headersOf(paired.url, executeBody({}));
    const body = { ...CREATE, args: { title: 'y' } };
    return paired.send({ method: 'POST', path: '/v1/execute', body, contentType: null, headers });
  },
  credentials_missing: () => paired.send({ path: '/v1/audit' }),
  credentials_invalid: () => paired.send({ path: '/v1/audit', user: { login: 'admin', applicationPassword: 'x' } }),
  token_invalid: () => paired.send({ path: '/v1/audit', headers: [['Authorization', 'Bearer x']] }),
  credential_mismatch: () => send({ user: paired.site.users.admin }),
  async agent_suspended() {
    const agents = paired.db(table('agents')).where({ id: paired.agent.id });
    await agents.clone().update({ state: 'suspended' });
    undo.push(() => agents.clone().update({ state: 'active' }));
    return paired.execute(CREATE);
  },
  async agent_expired() {
    const agents = paired.db(table('agents')).where({ id: paired.agent.id });
    await agents.clone().update({ expires_at: new Date(Date.now() - 1_000) });
    undo.push(() => agents.clone().update({ expires_at: null }));
    return paired.execute(CREATE);
  },
  async address_refused() {
    const agents = paired.db(table('agents')).where({ id: paired.agent.id });
    await agents.clone().update({ allowed_ips: '["192.0.2.0/24"]' });
    undo.push(() => agents.clone().update({ allowed_ips: null }));
    return paired.execute(CREATE);
  },
  capability_missing: () => paired.execute({ tool: 'settings.get' }),
  async policy_missing() {
    const activations = paired.db(table('policy_activations'));
    const rows: object[] = await activations.clone().select();
    await activations.clone().delete();
    undo.push(() => activations.clone().insert(rows));
    return paired.execute(CREATE);
  },
  policy_tool_denied: () => under({ tools: [{ id: 'reading', match: { tools: ['*.get'] }, effect: 'allow' }] }),
  policy_entity_denied: () => under({ entities: [{ id: 'pages', types: ['page'] }] }),
  policy_field_denied: () => under({ entities: [{ id: 'no-title', denyFields: ['/title'] }] }),
  policy_time_denied: () =>
    under({ time: [{ id: 'past', allow: [{ from: '2020-01-01T00:00', to: '2020-01-02T00:00' }] }] }),
  policy_blackout: () =>
    under({ time: [{ id: 'freeze', blackout: [{ from: '2020-01-01T00:00', to: '2090-01-01T00:00' }] }] }),
  policy_content_denied: () =>
    under({
      content: [{ id: 'brand', fields: ['/title'], terms: ['x'], severity: 'high' }],
      severities: { high: 'deny' },
    }),
  async rate_limited() {
    await under({ rateLimits: [{ id: 'once', per: ['agent'], limit: 1, window: '1h' }] });
    const refused = await paired.execute(CREATE);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(3_500);
    return refused;
  },
  async too_many_attempts() {
    const other = await elsewhere({ CHAPERONE_TRUSTED_PROXIES: '127.0.0.1' });
    const guess = (): Promise<TestAnswer> =>
      other.send({
        method: 'GET',
        path: '/v1/audit',
        headers: [['X-Forwarded-For', '203.0.113.77']],
        user: { login: 'admin', applicationPassword: 'guess' },
      });
    for (let each = 0; each < 20; each += 1) expect((await guess()).status).toBe(401);
    return guess();
  },
  async policy_evaluation_failed() {
    const row = { ts: new Date(), author: 0, note: '', version: 900_000 };
    const unreadable = { ...row, doc: '{ "formatVersion": 99 }', sha256: 'a'.repeat(64) };
    await paired.db(table('policies')).insert(unreadable);
    await paired.db(table('policy_activations')).insert(row);
    for (const name of ['policies', 'policy_activations'])
      undo.push(() => paired.db(table(name)).where({ version: row.version }).delete());
    return paired.execute(CREATE);
  },
  async kill_switch_on() {
    const turn = (on: boolean) =>
      paired.send({ method: 'PUT', path: '/v1/kill-switch', body: { on }, user: paired.site.users.admin });
    expect((await turn(true)).status).toBe(200);
    undo.push(() => turn(false));
    return paired.execute(CREATE);
  },
  policy_invalid: () => save({ document: { formatVersion: 2 } }),
  policy_base_stale: () => save({ document: { formatVersion: 1 }, baseVersion: 99 }),
  settings_invalid: () => set({ settings: { termLists: { brand: [7] } } }),
  settings_stale: () => set({ version: 99 }),
  settings_locked: () => set({ settings: { publicUrl: 'https://elsewhere.example' } }),
  async upstream_unavailable() {
    const other = await elsewhere({ CHAPERONE_WORDPRESS_URL: `http://127.0.0.1:${await freePort()}` });
    return other.send(executeBody({}));
  },
  upstream_refused: () => paired.execute({ tool: 'posts.create', args: { title: 'x', date: '2026-13-45T00:00:00' } }),
  outcome_unknown: () => paired.execute({ tool: 'posts.create', args: { title: '[die]' } }),
  async audit_inconsistent() {
    const [row] = await paired.db(table('audit_log')).select('id', 'tool').orderBy('id', 'desc').limit(1);
    await paired.db(table('audit_log')).where({ id: row.id }).update({ tool: 'tampered' });
    undo.push(() => paired.db(table('audit_log')).where({ id: row.id }).update({ tool: row.tool }));
    return paired.send({ method: 'POST', path: '/v1/audit/checkpoints', user: paired.site.users.admin });
  },
  async audit_unavailable() {
    const [here, away] = [table('audit_log'), `${table('audit_log')}_away`];
    await paired.db.schema.renameTable(here, away);
    undo.push(() => paired.db.schema.renameTable(away, here));
    return paired.execute(CREATE);
  },
  async database_unavailable() {
    const url = new URL(paired.environment['CHAPERONE_DATABASE_URL'] ?? '');
    url.port = String(await freePort());
    const other = await elsewhere({ CHAPERONE_DATABASE_URL: url.href });
    return other.send(executeBody({}));
  },
  async secret_unreadable() {
    const agent = await paired.newAgent();
    const foreign = `v1.00000000.${'a'.repeat(16)}.${'b'.repeat(40)}`;
    const keys = paired.db(`${paired.config.tablePrefix}ai_agent_keys`);
    await keys.where({ agent_id: agent.id }).update({ sealed_secret: foreign });
    return paired.send({ ...executeBody({ body: { tool: 'site.info' } }), key: agent.key });
  },
  async overloaded() {
    const user = paired.site.users.admin;
    // On one connection: whoever asks for the log has to wait, and takes up room meanwhile.
    const trx = await paired.db.transaction();
    await trx.raw('LOCK TABLES ?? WRITE', [`${paired.config.tablePrefix}ai_agent_audit_log`]);
    const all = Array.from({ length: 140 }, () => paired.send({ path: '/v1/audit', user }));
    const refused = await Promise.any(
      all.map(async (one) => {
        const answer = await one;
        return answer.status === 503 ? answer : Promise.reject(new Error('there was room'));
      }),
    );
    await trx.raw('UNLOCK TABLES');
    await trx.commit();
    await Promise.all(all);
    expect(refused.headers['retry-after']).toBe('1');
    return refused;
  },
};

/** Codes that this table doesn't provoke, and why. */
const NOT_HERE: Partial<Record<ErrorCode, string>> = {
  internal: 'no request may lead to it: test/http/fuzz.test.ts looks for one',
  settings_unreadable: 'settings have tests of their own',
  key_rotation_running: 'keys of agents have tests of their own',
  insufficient_scope: 'tokens have tests of their own: test/http/tokens.test.ts',
  insufficient_user_authentication: 'tokens have tests of their own',
  issuer_unavailable: 'tokens have tests of their own',
  approval_not_eligible: 'approvals have tests of their own',
  approval_own_call: 'approvals have tests of their own',
  approval_resolved: 'approvals have tests of their own',
  approval_expired: 'approvals have tests of their own',
  approval_stale: 'approvals have tests of their own',
};

describe('every error code, over HTTP', () => {
  it('has a case here, or a reason why not', () => {
    expect([...Object.keys(CASES), ...Object.keys(NOT_HERE)].sort()).toEqual(Object.keys(ERRORS).sort());
  });

  it.each(Object.entries(CASES))('%s', async (code, provoke) => {
    const answer = await provoke();
    expect({ code: answer.body?.code, status: answer.status }).toEqual({
      code,
      status: ERRORS[code as ErrorCode].status,
    });
    expectProblem(answer);
  });
});
