import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Knex } from 'knex';
import { mysqlApprovalStore } from './approvals/approval-store.mysql.js';
import { mysqlDelegationStore } from './approvals/delegation-store.mysql.js';
import { mysqlGrantStore } from './approvals/grant-store.mysql.js';
import { mysqlCallStatistics } from './audit/call-statistics.mysql.js';
import type { AuditLog } from './audit/audit-log.js';
import { mysqlSealedApprovals } from './approvals/sealed-approvals.mysql.js';
import { mysqlAuditLog } from './audit/audit-log.mysql.js';
import { mysqlAuditReader } from './audit/audit-reader.mysql.js';
import { makeCommitTogether } from './audit/commit-together.mysql.js';
import { makeWriteChain } from './audit/write-chain.mysql.js';
import { mysqlRemovalStore } from './audit/removals.mysql.js';
import { mysqlCheckpointStore } from './audit/checkpoint-store.mysql.js';
import type { Config } from './config.js';
import { makeSiteState } from './compose-site-state.js';
import { connect } from './db/connect.js';
import { makeInTransaction, makeRehearsal } from './db/in-transaction.js';
import { openPackets } from './db/packets.js';
import { readingTogether } from './db/reading-together.js';
import { mysqlCallStore } from './execution/call-store.mysql.js';
import { mysqlPreImageStore } from './execution/pre-image-store.mysql.js';
import type { ImageBox } from './execution/pre-image-store.js';
import { mysqlKeptAnswers } from './http/kept-answers.mysql.js';
import { makeBridgeLink } from './execution/wordpress/bridge-link.js';
import { withCircuit } from './execution/wordpress/circuit.js';
import { wpapiClient } from './execution/wordpress/wp-client.wpapi.js';
import { mysqlRefusedUses } from './identity/agents/refused-uses.mysql.js';
import { makeKeyUses } from './identity/agents/key-uses.js';
import { mysqlAgentStore } from './identity/agents/agent-store.mysql.js';
import {
  makeKeyDerivationPool,
  makeVerdictCache,
  makeVerifyApplicationPassword,
} from './identity/application-passwords/index.js';
import {
  makeAuthenticate,
  type Authenticate,
  type IncomingRequest,
  type LoadPrincipal,
} from './identity/authenticate.js';
import { makeBatchedQuestions, makeReadCapabilities } from './identity/capabilities/index.js';
import { mysqlIdentityStore } from './identity/identities/identity-store.mysql.js';
import { makeLoadPrincipal } from './identity/load-principal.js';
import { makeRefusalLog } from './identity/refusal-log.js';
import { signRequest } from './identity/signatures/index.js';
import { mysqlNonceStore } from './identity/signatures/nonce-store.mysql.js';
import { makeFindOwnedKey } from './identity/signing-keys.js';
import { findUserByName, type WordPressTables } from './identity/wordpress-users/index.js';
import { readWordPressTables } from './identity/wordpress-users/read-tables.mysql.js';
import { mysqlNames } from './identity/names.mysql.js';
import type { ReadNames } from './identity/names.js';
import { mysqlWordPressUsers } from './identity/wordpress-users/wordpress-users.mysql.js';
import { unixSeconds, type Clock } from './kernel/clock.js';
import type { Tracing } from './http/tracing.js';
import { ChaperoneError } from './kernel/errors.js';
import { type RandomBytes, type WpUserId } from './kernel/ids.js';
import { Secret } from './kernel/secret.js';
import type { LimitStore } from './limits/limit-store.js';
import { makeFailedAttempts } from './limits/failed-attempts.js';
import { mysqlLimitStore } from './limits/limit-store.mysql.js';
import { redisLimitStore } from './limits/limit-store.redis.js';
import { makeActivePolicy } from './policy-versions/active-policy.js';
import { mysqlPolicyStore } from './policy-versions/policy-store.mysql.js';
import { readBridgeKeys } from './secrets/bridge-keys.js';
import { PRE_IMAGES } from './secrets/registry.js';
import { makeSealedBox, type SealedBox } from './secrets/sealed-box.js';
import { makeSealedOptions } from './secrets/sealed-options.js';
import { mysqlSealedRows } from './secrets/sealed-rows.mysql.js';
import { makeReadSettings } from './settings/read-settings.js';
import { makeReadTermLists } from './settings/term-lists.js';
import { mysqlSiteOptions } from './settings/site-options.mysql.js';
import { mysqlCoreOptions } from './settings/core-options.mysql.js';
import { mysqlSourceStore } from './webhooks/inbound/source-store.mysql.js';
import { mysqlDeliveryStore } from './webhooks/outbound/delivery-store.mysql.js';
import { mysqlEndpointStore } from './webhooks/outbound/endpoint-store.mysql.js';
import { withNotices } from './webhooks/outbound/outbox.js';
import { mysqlWebhookSecretStore } from './webhooks/secret-store.mysql.js';
import { composeMetrics } from './compose-metrics.js';
import { makeTokenReading } from './compose-tokens.js';

const POOL_SIZE = 12;
const WRITE_CONNECTIONS = 2;
const READ_LANES = 3;
const KEY_SERVES_MS = 1_000;
const WORDPRESS_TIMEOUT_MS = 30_000;
const WORDPRESS_MAX_BYTES = 8_000_000;

const approvalStoresOf = (db: Knex, tablePrefix: string) => ({
  approvals: mysqlApprovalStore(db, tablePrefix),
  delegations: mysqlDelegationStore(db, tablePrefix),
  grants: mysqlGrantStore(db, tablePrefix),
});

const webhookStoresOf = (db: Knex, tablePrefix: string) => ({
  webhookSources: mysqlSourceStore(db, tablePrefix),
  webhookEndpoints: mysqlEndpointStore(db, tablePrefix),
  webhookSecrets: mysqlWebhookSecretStore(db, tablePrefix),
  webhookDeliveries: mysqlDeliveryStore(db, tablePrefix),
});

const imageBox = (box: SealedBox): ImageBox => ({
  seal: (id, plain) => box.seal(plain, { place: PRE_IMAGES.place(id), version: PRE_IMAGES.version }),
  open: (id, sealed) => box.open(sealed, { place: PRE_IMAGES.place(id), version: PRE_IMAGES.version }),
});

export interface Composition {
  readonly clock: Clock;
  /** Nothing that a transaction writes is kept: for dry runs of the command line. */
  readonly rehearsal: boolean;
}

/** What everything else stands on: the database, the stores over it, the sealed box. */
export function makeGround(config: Config, { clock, rehearsal }: Composition) {
  const random: RandomBytes = (count) => randomBytes(count);
  const { tablePrefix } = config;
  const knex = connect({ url: config.databaseUrl, tablePrefix, poolSize: POOL_SIZE, readOnly: rehearsal });
  const box = makeSealedBox(config.keks, random);
  const storesOf = (db: Knex, audit: AuditLog = mysqlAuditLog(db, tablePrefix, random)) => ({
    audit: withNotices(audit, mysqlDeliveryStore(db, tablePrefix), random),
    agents: mysqlAgentStore(db, tablePrefix),
    identities: mysqlIdentityStore(db, tablePrefix),
    calls: mysqlCallStore(db, tablePrefix),
    preImages: mysqlPreImageStore(db, tablePrefix, imageBox(box)),
    ...approvalStoresOf(db, tablePrefix),
    trail: mysqlAuditReader(db, tablePrefix),
    policies: mysqlPolicyStore(db, tablePrefix),
    options: mysqlSiteOptions(db, `${tablePrefix}options`),
    refusedUses: mysqlRefusedUses(db, tablePrefix),
    sealedRows: mysqlSealedRows(db, tablePrefix),
    sealedApprovals: mysqlSealedApprovals(db, tablePrefix),
    ...webhookStoresOf(db, tablePrefix),
  });
  const noncePackets = openPackets(config.databaseUrl, WRITE_CONNECTIONS);
  const readPackets = openPackets(config.databaseUrl, READ_LANES);
  const reads = readingTogether(knex, readPackets, READ_LANES);
  const lists = storesOf(knex);
  const { approvals, grants, trail } = lists;
  const stores = { ...storesOf(reads), keptAnswers: mysqlKeptAnswers(knex, tablePrefix), approvals, grants, trail };
  const inTransaction = (rehearsal ? makeRehearsal : makeInTransaction)(knex, (trx: Knex) => storesOf(trx));
  const packets = openPackets(config.databaseUrl, WRITE_CONNECTIONS);
  const writeChain = makeWriteChain({ packets, tablePrefix, wait: (milliseconds) => pause(milliseconds) });
  const auditReader = mysqlAuditReader(knex, tablePrefix);
  const readSettings = makeReadSettings(stores.options);
  const termLists = makeReadTermLists(readSettings);
  return {
    readSettings,
    termLists,
    activePolicy: makeActivePolicy({ policies: stores.policies, termLists }),
    config,
    clock,
    random,
    knex,
    box,
    stores,
    inTransaction,
    /** For what calls write: many of them share a commit. */
    inSharedCommit: makeCommitTogether({ writeChain, tablePrefix, random, storesOf, alone: inTransaction }),
    /** The same database, for short questions. */
    reads,
    siteState: makeSiteState(reads, config),
    closePackets: async () => {
      await Promise.all([packets, noncePackets, readPackets].map((each) => each.close()));
    },
    sealed: makeSealedOptions(stores.options, box),
    nonces: mysqlNonceStore(knex, noncePackets, tablePrefix),
    limits: makeLimits(config),
    auditReader,
    metrics: composeMetrics({ ...stores, knex, tablePrefix, clock, auditReader }),
    statistics: mysqlCallStatistics(knex, tablePrefix),
    checkpoints: mysqlCheckpointStore(knex, tablePrefix),
    removals: mysqlRemovalStore(knex, tablePrefix),
  };
}

/** Counted in Redis or Valkey where one is named, otherwise in the site's database; exact over all replicas either way. */
function makeLimits({ redisUrl, databaseUrl, tablePrefix }: Config): LimitStore {
  if (redisUrl === undefined) return mysqlLimitStore({ url: databaseUrl, tablePrefix });
  const { host, pathname } = new URL(databaseUrl.reveal());
  return redisLimitStore({ url: redisUrl, namespace: `${host}${pathname}/${tablePrefix}` });
}

export type Ground = ReturnType<typeof makeGround>;

/** The way to WordPress: REST requests signed with the bridge's key, and the bridge's own routes over them. */
export function makeWordPress(
  { config, clock, random, box, stores, siteState }: Ground,
  tracing: Pick<Tracing, 'current'>,
) {
  // WordPress judges the key, so one that was read a moment ago permits nothing that it doesn't.
  const read = async (): Promise<string | undefined> => (await siteState.recent(KEY_SERVES_MS)).keyToWordPress;
  const sealed = makeSealedOptions({ ...stores.options, read }, box);
  const direct = wpapiClient(config.wordpressUrl, {
    fetch,
    timeoutMs: WORDPRESS_TIMEOUT_MS,
    maxBytes: WORDPRESS_MAX_BYTES,
    trace: () => tracing.current(),
    async sign({ method, url, headers, body }) {
      const key = (await readBridgeKeys(sealed, 'to_wordpress', clock.now()))?.[0];
      if (key === undefined) throw new ChaperoneError('upstream_unavailable', { detail: 'The site is not paired.' });
      const moment = { created: unixSeconds(clock.now()), nonce: Buffer.from(random(18)).toString('base64url') };
      const signingKey = { id: key.id, algorithm: 'hmac-sha256', secret: key.secret } as const;
      return signRequest({ method, url, headers, body }, signingKey, moment);
    },
  });
  const client = withCircuit(direct, () => performance.now());
  const bridge = makeBridgeLink(client);
  return { client, bridge, questions: makeBatchedQuestions({ send: bridge.ask, clock }) };
}

export type WordPress = ReturnType<typeof makeWordPress>;

interface Who {
  readonly authenticate: Authenticate;
  readonly loadPrincipal: LoadPrincipal;
  readonly findUser: (login: string) => Promise<WpUserId | undefined>;
  readonly readNames: ReadNames;
}

const makeRefusals = ({ clock, inSharedCommit }: Ground) =>
  makeRefusalLog({
    write: async ({ actor, code, detail }, at) => {
      const entry = { kind: 'auth.refused', at, actor, code, ...(detail === undefined ? {} : { detail }) } as const;
      await inSharedCommit(({ audit }) => audit.append([entry]));
    },
    clock,
  });

/** Who is known to WordPress, by its own tables. */
function makeWordPressAccounts({ reads, config, stores: { agents } }: Ground, tables: WordPressTables) {
  const users = mysqlWordPressUsers(reads, tables);
  const readCapabilities = makeReadCapabilities({
    users,
    tables,
    isAgentBound: async (userId) => (await agents.byUser(userId)) !== undefined,
  });
  return {
    users,
    loadPrincipal: makeLoadPrincipal({ users, readCapabilities, agents }),
    findUser: async (login: string) => (await findUserByName(users, login))?.id,
    readNames: mysqlNames({ db: reads, tablePrefix: config.tablePrefix, tables }),
  };
}

/** Who is calling. Names of WordPress's tables are learnt at the first request, so the order of starting doesn't matter. */
export function makeIdentity(ground: Ground, { questions }: WordPress) {
  const { config, clock, random, knex, siteState, box, stores, sealed, nonces } = ground;
  const { agents } = stores;
  const derivation = makeKeyDerivationPool();
  const keyUses = makeKeyUses(mysqlAgentStore(knex, config.tablePrefix));
  const refusals = makeRefusals(ground);
  const load = remembered(async (): Promise<Who> => {
    const tables = await readWordPressTables(knex, config.tablePrefix);
    const { users, ...accounts } = makeWordPressAccounts(ground, tables);
    const { loadPrincipal } = accounts;
    const authenticate = makeAuthenticate({
      findKey: makeFindOwnedKey({
        agents,
        bridgeKeys: () => readBridgeKeys(sealed, 'to_sidecar', clock.now()),
        box,
        clock,
      }),
      nonces,
      siteState,
      verifyPassword: makeVerifyApplicationPassword({
        users,
        availability: { forUser: (userId) => questions.applicationPasswordsAvailable(userId) },
        derivation,
        cache: makeVerdictCache(random),
        clock,
      }),
      loadPrincipal,
      writeRefusal: refusals.note,
      tokens: makeTokenReading(ground),
      failures: makeFailedAttempts(ground),
      random,
      agentOf: (userId) => agents.byUser(userId),
      noteKeyUse: (key, at) => keyUses.note(key, at),
      clock,
      publicUrl: config.publicUrl,
    });
    return { ...accounts, authenticate };
  });
  const authenticate = ground.metrics.timed('authenticate', async (request: IncomingRequest, trial?: boolean) =>
    (await load()).authenticate(request, trial),
  );
  const loadPrincipal: LoadPrincipal = async (who) => (await load()).loadPrincipal(who);
  const findUser: Who['findUser'] = async (login) => (await load()).findUser(login);
  const readNames: ReadNames = async (whom) => (await load()).readNames(whom);
  const noteKeyUses = async (): Promise<void> => {
    await Promise.all([keyUses.flush(), refusals.flush()]);
  };
  const close = async (): Promise<void> => {
    await refusals.flush(true).catch(() => undefined);
    await derivation.close();
  };
  return { authenticate, loadPrincipal, findUser, readNames, noteKeyUses, writeRefusal: refusals.note, close };
}

export type Identity = ReturnType<typeof makeIdentity>;

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
