import { randomBytes } from 'node:crypto';
import { Writable } from 'node:stream';
import type { Knex } from 'knex';
import { OPERATOR } from '../../src/audit/audit-entry.js';
import { parseKeyId, Secret, type SigningKey } from '../../src/client/index.js';
import { compose, type Sidecar } from '../../src/compose.js';
import { readConfig, type Config } from '../../src/config.js';
import { connect } from '../../src/db/connect.js';
import { makeLog } from '../../src/http/log.js';
import { listen } from '../../src/http/server.js';
import type { Clock } from '../../src/kernel/clock.js';
import type { AgentId, WpUserId } from '../../src/kernel/ids.js';
import type { Json } from '../../src/kernel/json.js';
import { freePort } from '../../dev/ports.js';
import { httpRequest, type TestAnswer, type TestRequest } from './http-request.js';
import { createSite, type TestSite, type TestSiteOptions, type TestUser } from './stack.js';

/** An agent with its service account and everything that it signs with. */
export interface TestAgent {
  readonly id: AgentId;
  readonly userId: WpUserId;
  readonly login: string;
  readonly applicationPassword: string;
  readonly keyId: string;
  /** Base64. */
  readonly secret: string;
  readonly key: SigningKey;
}

/** A sidecar that listens in this process. */
export interface TestSidecar {
  readonly url: string;
  readonly config: Config;
  readonly sidecar: Sidecar;
  /** Every line it logged. */
  readonly log: readonly string[];
  readonly send: (request: TestRequest) => Promise<TestAnswer>;
  close(): Promise<void>;
}

export interface TestCall {
  readonly tool: string;
  readonly args?: Json;
  readonly dryRun?: boolean;
  readonly reason?: string;
}

export interface PairedSite extends TestSidecar {
  readonly site: TestSite;
  /** What the sidecar was configured with, for one more process. */
  readonly environment: Readonly<Record<string, string>>;
  readonly agent: TestAgent;
  /** A connection of the test's own to the site's database. */
  readonly db: Knex;
  /** Signs and sends POST /v1/execute, as `agent` unless `changes` says otherwise. */
  execute(call: TestCall, changes?: Partial<TestRequest>): Promise<TestAnswer>;
  /** A GET by a person, the admin unless another is named. */
  get(path: string, user?: TestUser): Promise<TestAnswer>;
  /** Saves and activates a policy; without one, everything is allowed. */
  allow(document?: object): Promise<void>;
  /** One more agent. Its account is new and has the role ai_agent, unless one is given. */
  newAgent(account?: Pick<TestUser, 'id' | 'login' | 'applicationPassword'>): Promise<TestAgent>;
  /** One more replica on the same database and under the same public address, listening elsewhere. */
  replica(): Promise<TestSidecar>;
  stop(): Promise<void>;
}

export interface PairedSiteOptions extends TestSiteOptions {
  /** Default: everything is allowed. null: no policy at all. */
  readonly policy?: object | null;
  readonly clock?: Clock;
  /** Further settings of the sidecar. */
  readonly sidecarEnv?: Readonly<Record<string, string>>;
}

/** A WordPress and a sidecar that are paired as `chaperone init` pairs them, with one agent. About two seconds. */
export async function pairedSite(options: PairedSiteOptions = {}): Promise<PairedSite> {
  const kek = randomBytes(32).toString('base64');
  const constants = { CHAPERONE_KEK: kek, ...options.constants };
  const site = await createSite({ ...options, bridge: true, constants });
  const port = await freePort();
  const environment = { ...environmentOf(site, kek, port), ...options.sidecarEnv };
  const config = readConfig(environment);
  const first = await startSidecar(config, port, options.clock);
  const { sidecar, url, send } = first;
  await sidecar.migrate();
  await sidecar.pairSite({ publicUrl: config.publicUrl, actor: OPERATOR });
  await sidecar.rememberSite(await sidecar.bridge.status());
  const newAgent = (account?: Pick<TestUser, 'id' | 'login' | 'applicationPassword'>) => makeAgent(sidecar, account);
  const agent = await newAgent();
  const allow = async (document: object = EVERYTHING): Promise<void> => {
    const baseVersion = (await sidecar.readPolicies.list({ limit: 1 })).policies[0]?.version ?? null;
    await sidecar.savePolicy({ document: text(document), note: '', baseVersion, actor: OPERATOR, activate: true });
  };
  if (options.policy !== null) await allow(options.policy);
  const replicas: TestSidecar[] = [];
  const { databaseUrl, tablePrefix } = config;
  const db = connect({ url: databaseUrl, tablePrefix, poolSize: 2 });
  return {
    ...first,
    site,
    environment,
    agent,
    db,
    newAgent,
    allow,
    execute: (call, changes = {}) =>
      send({ method: 'POST', path: '/v1/execute', body: { args: {}, ...call }, key: agent.key, ...changes }),
    get: (path, user = site.users.admin) => send({ path, user }),
    async replica() {
      const one = await startSidecar(config, 0, options.clock, url);
      replicas.push(one);
      return one;
    },
    async stop() {
      await Promise.all([db.destroy(), ...[first, ...replicas].map((each) => each.close())]);
      await site.stop();
    },
  };
}

const EVERYTHING = { tools: [{ id: 'everything', effect: 'allow' }] };
const text = (document: object): string =>
  JSON.stringify({ formatVersion: 1, name: 'Test', timezone: 'site', mode: 'autonomous', ...document });

function environmentOf(site: TestSite, kek: string, port: number): Readonly<Record<string, string>> {
  return {
    CHAPERONE_DATABASE_URL: site.database.url,
    CHAPERONE_TABLE_PREFIX: site.database.tablePrefix,
    CHAPERONE_WORDPRESS_URL: site.url,
    CHAPERONE_PUBLIC_URL: `http://127.0.0.1:${port}`,
    CHAPERONE_LISTEN: `127.0.0.1:${port}`,
    CHAPERONE_KEK: kek,
  };
}

/** `publicUrl` is what requests are signed for and what Host names, when it isn't where this process listens. */
export async function startSidecar(
  config: Config,
  port: number,
  clock?: Clock,
  publicUrl?: string,
): Promise<TestSidecar> {
  const log: string[] = [];
  const lines = new Writable({
    write(chunk: Buffer, _encoding, done) {
      log.push(chunk.toString('utf8'));
      done();
    },
  });
  const sidecar = compose(config, makeLog('info', lines), clock === undefined ? {} : { clock });
  const server = await listen(sidecar.app(), { host: '127.0.0.1', port });
  const url = `http://127.0.0.1:${server.port}`;
  return {
    url,
    config,
    sidecar,
    log,
    send: (request) => httpRequest(url, publicUrl === undefined ? request : readdressed(request, publicUrl)),
    async close() {
      await server.close(2_000);
      await sidecar.close();
    },
  };
}

/** As a load balancer would hand it on: signed for the public address, with its Host. */
const readdressed = (request: TestRequest, publicUrl: string): TestRequest => ({
  ...request,
  signedFor: publicUrl,
  unsigned: [['Host', new URL(publicUrl).host], ...(request.unsigned ?? [])],
});

async function makeAgent(
  sidecar: Sidecar,
  account?: Pick<TestUser, 'id' | 'login' | 'applicationPassword'>,
): Promise<TestAgent> {
  const name = `agent-${randomBytes(4).toString('hex')}`;
  const { userId, login, applicationPassword } =
    account === undefined ? await newAccount(sidecar, name) : { ...account, userId: account.id as WpUserId };
  const key = { algorithm: 'hmac-sha256' } as const;
  const { agent, keyId, secret } = await sidecar.createAgent({ name, userId, key, actor: OPERATOR });
  const signing = parseKeyId(keyId);
  if (secret === null || signing === undefined) throw new Error('the agent got no secret');
  const bytes: Uint8Array = Buffer.from(secret.reveal(), 'base64');
  return {
    id: agent.id,
    userId,
    login,
    applicationPassword,
    keyId,
    secret: secret.reveal(),
    key: { id: signing, algorithm: 'hmac-sha256', secret: new Secret(bytes) },
  };
}

async function newAccount(
  sidecar: Sidecar,
  login: string,
): Promise<{ userId: WpUserId; login: string; applicationPassword: string }> {
  const made = await sidecar.bridge.createAccount({ login, displayName: login, applicationPassword: true });
  if (made === undefined) throw new Error(`there is a user ${login} already`);
  return { userId: made.userId, login: made.login, applicationPassword: made.applicationPassword?.reveal() ?? '' };
}
