import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Knex } from 'knex';
import type { Logger } from 'pino';
import { mysqlApprovalStore } from './approvals/approval-store.mysql.js';
import { mysqlAuditLog, mysqlAuditReader } from './audit/audit-log.mysql.js';
import type { Config } from './config.js';
import { connect } from './db/connect.js';
import { makeInTransaction } from './db/in-transaction.js';
import { migrate, pendingMigrations } from './db/migrate.js';
import { asDatabaseError } from './db/mysql-errors.js';
import { makeApprovalUseCases } from './execution/approval-use-cases.js';
import { makeAdmitCall } from './execution/admit-call.js';
import { mysqlCallStore } from './execution/call-store.mysql.js';
import { makeDecideCall } from './execution/decide-call.js';
import { makeHoldCall } from './execution/hold-call.js';
import { makeImagineFacts } from './execution/imagine-facts.js';
import { makeJournal } from './execution/journal.js';
import { makeCheckCall } from './execution/prepare-call.js';
import { makeAwaitCall, makeReadCall } from './execution/read-call.js';
import { makeRunCall } from './execution/run-call.js';
import { makeSettleLostCalls } from './execution/settle-lost-calls.js';
import { makeSubmitCall } from './execution/submit-call.js';
import { TOOL_NAMES, tools } from './execution/tools/index.js';
import { toolSketches } from './execution/tools/sketches.js';
import { makeBridgeLink, type BridgeStatus } from './execution/wordpress/bridge-link.js';
import { wpapiClient } from './execution/wordpress/wp-client.wpapi.js';
import { makeApp } from './http/app.js';
import { openApiDocument, openApiRoute } from './http/openapi.js';
import { readinessChecks } from './http/readiness.js';
import type { Route } from './http/route.js';
import { approvalRoutes } from './http/routes/approvals.js';
import { agentRoutes } from './http/routes/agents.js';
import { auditRoutes } from './http/routes/audit.js';
import { callRoute, toolsRoute } from './http/routes/calls.js';
import { executeRoute } from './http/routes/execute.js';
import { healthRoutes, pairingRoute } from './http/routes/health.js';
import { policyRoutes } from './http/routes/policies.js';
import { policyTrialRoutes } from './http/routes/policy-trials.js';
import { settingsRoutes } from './http/routes/settings.js';
import { mysqlAgentStore } from './identity/agents/agent-store.mysql.js';
import { makeCreateAgent } from './identity/agents/create-agent.js';
import { makeDeleteAgent, makeUpdateAgent } from './identity/agents/manage-agents.js';
import { makeAddKey, makeRevokeKey, makeRotateKey } from './identity/agents/manage-keys.js';
import {
  makeKeyDerivationPool,
  makeVerdictCache,
  makeVerifyApplicationPassword,
} from './identity/application-passwords/index.js';
import { makeAuthenticate, type Authenticate, type LoadPrincipal } from './identity/authenticate.js';
import { makeBatchedQuestions, makeReadCapabilities } from './identity/capabilities/index.js';
import { makeLoadPrincipal } from './identity/load-principal.js';
import { PURGE_GRACE_SECONDS, signRequest } from './identity/signatures/index.js';
import { mysqlNonceStore } from './identity/signatures/nonce-store.mysql.js';
import { makeFindOwnedKey } from './identity/signing-keys.js';
import { findUserByName } from './identity/wordpress-users/index.js';
import { readWordPressTables } from './identity/wordpress-users/read-tables.mysql.js';
import { mysqlWordPressUsers } from './identity/wordpress-users/wordpress-users.mysql.js';
import { systemClock, unixSeconds, type Clock } from './kernel/clock.js';
import { ChaperoneError } from './kernel/errors.js';
import { newApprovalId, newCallId, type RandomBytes, type WpUserId } from './kernel/ids.js';
import { Secret } from './kernel/secret.js';
import { mysqlLimitStore } from './limits/limit-store.mysql.js';
import { makeActivePolicy } from './policy-versions/active-policy.js';
import { mysqlPolicyStore } from './policy-versions/policy-store.mysql.js';
import { makePolicyUseCases } from './policy-versions/policy-use-cases.js';
import { makeWeighShadow } from './policy-versions/shadow-policy.js';
import { readBridgeKeys } from './secrets/bridge-keys.js';
import { kekCanaryOpens } from './secrets/kek-canary.js';
import { makePairSite } from './secrets/pair-site.js';
import { makeSeal } from './secrets/seal.js';
import { makeSealedBox } from './secrets/sealed-box.js';
import { makeSealedOptions } from './secrets/sealed-options.js';
import { mysqlSiteOptions } from './settings/site-options.mysql.js';
import { mysqlCoreOptions } from './settings/core-options.mysql.js';
import { makeKillSwitchGate, makeSetKillSwitch, readKillSwitch } from './settings/kill-switch.js';
import { makeSiteTimeZone } from './settings/site-time-zone.js';
import { VERSION } from './version.js';

const POOL_SIZE = 12;
const WORDPRESS_TIMEOUT_MS = 30_000;
const WORDPRESS_MAX_BYTES = 8_000_000;
const NONCES_PER_PURGE = 1_000;
const LIMITS_PER_PURGE = 1_000;

/** What everything else stands on: the database, the stores over it, the sealed box. */
function makeGround(config: Config, clock: Clock) {
  const random: RandomBytes = (count) => randomBytes(count);
  const { tablePrefix } = config;
  const knex = connect({ url: config.databaseUrl, tablePrefix, poolSize: POOL_SIZE });
  const box = makeSealedBox(config.keks, random);
  const storesOf = (db: Knex) => ({
    audit: mysqlAuditLog(db, tablePrefix, random),
    agents: mysqlAgentStore(db, tablePrefix),
    calls: mysqlCallStore(db, tablePrefix),
    approvals: mysqlApprovalStore(db, tablePrefix),
    trail: mysqlAuditReader(db, tablePrefix),
    policies: mysqlPolicyStore(db, tablePrefix),
    options: mysqlSiteOptions(db, `${tablePrefix}options`),
  });
  const stores = storesOf(knex);
  return {
    config,
    clock,
    random,
    knex,
    box,
    stores,
    inTransaction: makeInTransaction(knex, storesOf),
    sealed: makeSealedOptions(stores.options, box),
    nonces: mysqlNonceStore(knex, tablePrefix),
    limits: mysqlLimitStore({ url: config.databaseUrl, tablePrefix }),
    auditReader: mysqlAuditReader(knex, tablePrefix),
  };
}

type Ground = ReturnType<typeof makeGround>;

/** The way to WordPress: REST requests signed with the bridge's key, and the bridge's own routes over them. */
function makeWordPress({ config, clock, random, sealed }: Ground) {
  const client = wpapiClient(config.wordpressUrl, {
    fetch,
    timeoutMs: WORDPRESS_TIMEOUT_MS,
    maxBytes: WORDPRESS_MAX_BYTES,
    async sign({ method, url, headers, body }) {
      const key = (await readBridgeKeys(sealed, 'to_wordpress'))?.[0];
      if (key === undefined) throw new ChaperoneError('upstream_unavailable', { detail: 'The site is not paired.' });
      const moment = { created: unixSeconds(clock.now()), nonce: Buffer.from(random(18)).toString('base64url') };
      const signingKey = { id: key.id, algorithm: 'hmac-sha256', secret: key.secret } as const;
      return signRequest({ method, url, headers, body }, signingKey, moment);
    },
  });
  const bridge = makeBridgeLink(client);
  return { client, bridge, questions: makeBatchedQuestions({ send: bridge.ask, clock }) };
}

type WordPress = ReturnType<typeof makeWordPress>;

interface Who {
  readonly authenticate: Authenticate;
  readonly loadPrincipal: LoadPrincipal;
  readonly findUser: (login: string) => Promise<WpUserId | undefined>;
}

/** Who is calling. Names of WordPress's tables are learnt at the first request, so the order of starting doesn't matter. */
function makeIdentity(ground: Ground, { questions }: WordPress) {
  const { config, clock, random, knex, box, stores, sealed, nonces } = ground;
  const { agents } = stores;
  const derivation = makeKeyDerivationPool();
  const load = remembered(async (): Promise<Who> => {
    const tables = await readWordPressTables(knex, config.tablePrefix);
    const users = mysqlWordPressUsers(knex, tables);
    const readCapabilities = makeReadCapabilities({
      users,
      tables,
      isAgentBound: async (userId) => (await agents.byUser(userId)) !== undefined,
    });
    const loadPrincipal = makeLoadPrincipal({ users, readCapabilities, agents });
    const authenticate = makeAuthenticate({
      findKey: makeFindOwnedKey({ agents, bridgeKeys: () => readBridgeKeys(sealed, 'to_sidecar'), box, clock }),
      nonces,
      verifyPassword: makeVerifyApplicationPassword({
        users,
        availability: { forUser: (userId) => questions.applicationPasswordsAvailable(userId) },
        derivation,
        cache: makeVerdictCache(random),
        clock,
      }),
      loadPrincipal,
      isSuspended: async (userId) => (await agents.byUser(userId))?.state === 'suspended',
      clock,
      publicUrl: config.publicUrl,
    });
    return { authenticate, loadPrincipal, findUser: async (login) => (await findUserByName(users, login))?.id };
  });
  const authenticate: Authenticate = async (request) => (await load()).authenticate(request);
  const loadPrincipal: LoadPrincipal = async (who) => (await load()).loadPrincipal(who);
  const findUser: Who['findUser'] = async (login) => (await load()).findUser(login);
  return { authenticate, loadPrincipal, findUser, close: () => derivation.close() };
}

type Identity = ReturnType<typeof makeIdentity>;

/** A call from its arguments to its outcome, with the people in between. */
function makeCalls(ground: Ground, { client: wordpress, questions }: WordPress, { loadPrincipal }: Identity) {
  const { config, clock, random, stores, limits, inTransaction, auditReader: log } = ground;
  const { calls, approvals, agents } = stores;
  const journal = makeJournal({ inTransaction, clock });
  const seal = makeSeal(config.keks, 'approvals');
  const wait = (milliseconds: number): Promise<void> => pause(milliseconds);
  const killSwitch = makeKillSwitchGate(stores.options);
  const checkCall = makeCheckCall({ wordpress, objects: questions });
  const decideCall = makeDecideCall({
    activePolicy: makeActivePolicy(stores),
    siteTimeZone: zoneOf(ground),
    clock,
    weighShadow: makeWeighShadow({ options: stores.options, clock }),
  });
  const readCall = makeReadCall({ calls, approvals });
  const checks = { killSwitch, checkCall, decideCall };
  return {
    submitCall: makeSubmitCall({
      ...checks,
      calls,
      journal,
      admitCall: makeAdmitCall({ limits }),
      runCall: makeRunCall({ wordpress, journal, wait }),
      holdCall: makeHoldCall({ inTransaction, seal, newApprovalId: () => newApprovalId(random), clock }),
      clock,
    }),
    settleLostCalls: makeSettleLostCalls({ calls, inTransaction, clock }),
    readCall,
    awaitCall: makeAwaitCall({ readCall, calls, wait }),
    approvals: makeApprovalUseCases({
      ...checks,
      inTransaction,
      approvals,
      log,
      agents,
      loadPrincipal,
      seal,
      wordpress,
      wait,
      clock,
    }),
  };
}

/** Policies: their versions, and what they would decide. */
function makePolicies(ground: Ground, { client: wordpress }: WordPress, { loadPrincipal, findUser }: Identity) {
  const { clock, stores, limits, inTransaction, auditReader: log } = ground;
  const { policies, options, agents } = stores;
  const admitCall = makeAdmitCall({ limits });
  return makePolicyUseCases({
    policies,
    options,
    log,
    inTransaction,
    clock,
    knownTools: [...TOOL_NAMES],
    sketches: toolSketches,
    imagine: makeImagineFacts({ wordpress, loadPrincipal, findUser, agents, siteTimeZone: zoneOf(ground), clock }),
    peek: async (decision) => (await admitCall(decision, { peek: true })).decision,
  });
}

const zoneOf = ({ knex, config }: Ground): (() => Promise<string>) =>
  makeSiteTimeZone(mysqlCoreOptions(knex, `${config.tablePrefix}options`));

/** Calls, policies, and what operators set. */
function makeUseCases(ground: Ground, wordpress: WordPress, identity: Identity) {
  const { clock, random, box, inTransaction } = ground;
  return {
    ...makeCalls(ground, wordpress, identity),
    ...makePolicies(ground, wordpress, identity),
    createAgent: makeCreateAgent({ inTransaction, box, clock, random }),
    updateAgent: makeUpdateAgent({ inTransaction, clock }),
    deleteAgent: makeDeleteAgent({ inTransaction, clock }),
    addKey: makeAddKey({ inTransaction, box, clock, random }),
    rotateKey: makeRotateKey({ inTransaction, box, clock, random }),
    revokeKey: makeRevokeKey({ inTransaction, clock }),
    setKillSwitch: makeSetKillSwitch({ inTransaction, clock }),
    pairSite: makePairSite({ inTransaction, box, clock, random }),
  };
}

type UseCases = ReturnType<typeof makeUseCases>;

interface Surroundings {
  readonly wordpress: WordPress;
  readonly identity: Identity;
  readonly health: readonly Route[];
}

function makeRoutes(ground: Ground, useCases: UseCases, around: Surroundings): readonly Route[] {
  const { bridge } = around.wordpress;
  const { clock, random, stores, auditReader, config } = ground;
  const {
    submitCall,
    readPolicies: read,
    savePolicy: save,
    activatePolicy: activate,
    validatePolicy: validate,
  } = useCases;
  const routes: Route[] = [
    executeRoute({ submitCall, newCallId: () => newCallId(random) }),
    callRoute(useCases),
    ...approvalRoutes({ approvals: useCases.approvals, clock }),
    toolsRoute(Object.values(tools)),
    ...policyTrialRoutes(useCases),
    ...policyRoutes({ read, save, activate, validate }),
    ...auditRoutes(auditReader),
    ...agentRoutes({
      ...useCases,
      agents: stores.agents,
      createAccount: (account) => bridge.createAccount(account),
      userExists: async (userId) =>
        (await around.identity.loadPrincipal({ userId, credential: 'bridge', keyId: null, ip: null })) !== undefined,
    }),
    ...settingsRoutes({ readKillSwitch: () => readKillSwitch(stores.options), setKillSwitch: useCases.setKillSwitch }),
    pairingRoute(() => clock.now(), VERSION),
    ...around.health,
    openApiRoute(() => openApiDocument(routes, VERSION, config.publicUrl.href)),
  ];
  return routes;
}

/** The composition root: the one place that knows every concrete adapter. Nothing happens before it is asked for. */
export function compose(config: Config, log: Logger, clock: Clock = systemClock) {
  const ground = makeGround(config, clock);
  const { knex, stores, sealed, nonces, auditReader, random } = ground;
  const wordpress = makeWordPress(ground);
  const identity = makeIdentity(ground, wordpress);
  const useCases = makeUseCases(ground, wordpress, identity);
  let draining = false;
  const checks = readinessChecks({
    databaseTime: () => databaseTime(knex),
    pendingMigrations: () => pendingMigrations(knex, config.tablePrefix),
    kekOpens: () => kekCanaryOpens(sealed),
    wordpressVersion: async () => (await wordpress.bridge.status()).wordpressVersion,
    now: () => clock.now(),
  });
  const routes = makeRoutes(ground, useCases, {
    wordpress,
    identity,
    health: healthRoutes(checks, () => draining, log),
  });
  return {
    ...useCases,
    routes,
    checks,
    auditReader,
    agents: stores.agents,
    options: stores.options,
    bridge: wordpress.bridge,
    app: () =>
      makeApp({
        routes,
        authenticate: identity.authenticate,
        newRequestId: () => Buffer.from(random(12)).toString('hex'),
        log,
        asDatabaseError,
        trustedProxies: config.trustedProxies,
      }),
    purgeNonces: () => nonces.purge(new Date(clock.now().getTime() - PURGE_GRACE_SECONDS * 1_000), NONCES_PER_PURGE),
    purgeLimits: () => ground.limits.purge(LIMITS_PER_PURGE),
    /** What the bridge says of the site's tables, kept for every later start. */
    rememberSite: ({ tables: names, multisite, blogId, basePrefix, blogPrefix }: BridgeStatus) =>
      stores.options.write(
        'ai_agent_site',
        JSON.stringify({ tables: names, multisite, blogId, basePrefix, blogPrefix }),
      ),
    migrate: () => migrate(knex, config.tablePrefix),
    kekOpens: () => kekCanaryOpens(sealed),
    /** From now on /readyz says that this process is leaving. */
    drain: () => {
      draining = true;
    },
    close: async () => {
      await identity.close();
      await ground.limits.close();
      await knex.destroy();
    },
  };
}

export type Sidecar = ReturnType<typeof compose>;

/** Works something out at the first use and keeps it; a failure isn't kept, so the order of starting doesn't matter. */
function remembered<T>(work: () => Promise<T>): () => Promise<T> {
  let kept: Promise<T> | undefined;
  return () => {
    kept ??= work().catch((error: unknown) => {
      kept = undefined;
      throw error;
    });
    return kept;
  };
}

async function databaseTime(knex: Knex): Promise<Date> {
  const [rows] = (await knex.raw('SELECT UTC_TIMESTAMP(3) AS now')) as [{ now: Date }[]];
  const now = rows[0]?.now;
  if (now === undefined) throw new Error('the database gave no time');
  return now;
}

/** The site's own address (`siteurl`), before there is a configuration to compose with. */
export async function readSiteAddress(databaseUrl: string, tablePrefix: string): Promise<string> {
  const knex = connect({ url: new Secret(databaseUrl), tablePrefix, poolSize: 1 });
  try {
    const address = await mysqlCoreOptions(knex, `${tablePrefix}options`).read('siteurl');
    if (address === undefined) throw new Error(`the table ${tablePrefix}options has no siteurl; is the prefix right?`);
    return address;
  } finally {
    await knex.destroy();
  }
}
