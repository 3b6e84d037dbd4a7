import type { Logger } from 'pino';
import { OPERATOR } from './audit/audit-entry.js';
import type { Config } from './config.js';
import { migrate, pendingMigrations } from './db/migrate.js';
import { asDatabaseError } from './db/mysql-errors.js';
import { tools } from './execution/tools/index.js';
import { type BridgeStatus } from './execution/wordpress/bridge-link.js';
import { makeAdminApp } from './http/admin-app.js';
import { makeTracing } from './http/tracing.js';
import { makeApp } from './http/app.js';
import { makeOncePerKey, makePurgeAnswers } from './http/kept-answers.js';
import { openApiDocument, openApiRoute } from './http/openapi.js';
import { readinessChecks } from './http/readiness.js';
import type { Route } from './http/route.js';
import { delegationRoutes } from './http/routes/approval-delegations.js';
import { grantRoutes } from './http/routes/approval-grants.js';
import { approvalRoutes } from './http/routes/approvals.js';
import { keyRoutes } from './http/routes/agent-keys.js';
import { agentRoutes } from './http/routes/agents.js';
import { auditRoutes } from './http/routes/audit.js';
import { callRoute, toolsRoute } from './http/routes/calls.js';
import { executeRoute } from './http/routes/execute.js';
import { identityRoutes } from './http/routes/identities.js';
import { healthRoutes, pairingRoute } from './http/routes/health.js';
import { overviewRoute } from './http/routes/overview.js';
import { policyRoutes } from './http/routes/policies.js';
import { protectedResourceRoutes } from './http/routes/protected-resource.js';
import { policyTrialRoutes } from './http/routes/policy-trials.js';
import { secretRoutes } from './http/routes/secrets.js';
import { settingsRoutes } from './http/routes/settings.js';
import { webhookDeliveryRoutes } from './http/routes/webhook-deliveries.js';
import { webhookEndpointRoutes } from './http/routes/webhook-endpoints.js';
import { webhookSourceRoutes } from './http/routes/webhook-sources.js';
import { undoRoute } from './http/routes/undo.js';
import { webhookRoute } from './http/routes/webhooks.js';
import { actorOf } from './identity/principal.js';
import { makeRequireRecentLogin } from './identity/step-up.js';
import { makeForgetNonces } from './identity/signatures/index.js';
import { systemClock } from './kernel/clock.js';
import { newCallId } from './kernel/ids.js';
import { makeForgetLimits } from './limits/forget-limits.js';
import { kekCanaryOpens } from './secrets/kek-canary.js';
import { readKillSwitch } from './settings/kill-switch.js';
import { VERSION } from './version.js';

import {
  makeGround,
  makeIdentity,
  makeWordPress,
  type Composition,
  type Ground,
  type Identity,
  type WordPress,
} from './compose-ground.js';
import { databaseTime } from './compose-metrics.js';
import { describeResource } from './compose-tokens.js';
import { makeUseCases, type UseCases } from './compose-use-cases.js';
import { makeWebhooks, type Webhooks } from './compose-webhooks.js';

export { readSiteAddress } from './compose-ground.js';

interface Surroundings {
  readonly wordpress: WordPress;
  readonly identity: Identity;
  readonly webhooks: Webhooks;
  readonly health: readonly Route[];
}

function makeRoutes(ground: Ground, useCases: UseCases, around: Surroundings): readonly Route[] {
  const { bridge } = around.wordpress;
  const { readNames } = around.identity;
  const { clock, random, stores, config } = ground;
  const {
    submitCall,
    readPolicies: read,
    savePolicy: save,
    activatePolicy: activate,
    validatePolicy: validate,
  } = useCases;
  const now = (): Date => clock.now();
  const routes: Route[] = [
    executeRoute({ submitCall, newCallId: () => newCallId(random) }),
    callRoute(useCases),
    undoRoute(useCases),
    ...approvalRoutes({
      approvals: useCases.approvals,
      askAnew: useCases.askAnew,
      newCallId: () => newCallId(random),
      clock,
    }),
    ...delegationRoutes({ approvals: useCases.approvals, clock }),
    ...grantRoutes({ approvals: useCases.approvals, clock }),
    toolsRoute(Object.values(tools)),
    ...policyTrialRoutes(useCases),
    ...policyRoutes({ read, save, activate, validate }),
    overviewRoute(useCases.readOverview),
    ...auditRoutes({ ...useCases.evidence, verify: useCases.evidence.verifyTogether, readNames }),
    ...keyRoutes({ ...useCases, agents: stores.agents, now }),
    ...agentRoutes({
      ...useCases,
      agents: stores.agents,
      readNames,
      now,
      createAccount: (account) => bridge.createAccount(account),
      userExists: async (userId) =>
        (await around.identity.loadPrincipal({ userId, credential: 'bridge', keyId: null, ip: null })) !== undefined,
    }),
    ...identityRoutes({ ...useCases, identities: stores.identities }),
    ...settingsRoutes({ ...useCases, readKillSwitch: () => readKillSwitch(stores.options) }),
    ...secretRoutes({ ...useCases, now }),
    webhookRoute(around.webhooks),
    ...webhookSourceRoutes({ ...around.webhooks, clock }),
    ...webhookEndpointRoutes({ ...around.webhooks, clock }),
    ...webhookDeliveryRoutes(around.webhooks),
    pairingRoute(() => clock.now(), VERSION),
    ...around.health,
    ...protectedResourceRoutes(config.publicUrl, describeResource(config)),
    openApiRoute(() => openApiDocument(routes, VERSION, config.publicUrl.href)),
  ];
  return routes;
}

const makeChecks = ({ knex, config, sealed, clock }: Ground, { bridge }: WordPress) =>
  readinessChecks({
    databaseTime: () => databaseTime(knex),
    pendingMigrations: () => pendingMigrations(knex, config.tablePrefix),
    kekOpens: () => kekCanaryOpens(sealed),
    wordpressVersion: async () => (await bridge.status()).wordpressVersion,
    now: () => clock.now(),
  });

/** The composition root: the one place that knows every concrete adapter. Nothing happens before it is asked for. */
export function compose(config: Config, log: Logger, how: Partial<Composition> = {}) {
  const { clock = systemClock, rehearsal = false } = how;
  const ground = makeGround(config, { clock, rehearsal });
  const { knex, stores, sealed, nonces, auditReader, random } = ground;
  const tracing = makeTracing(random);
  const wordpress = makeWordPress(ground, tracing);
  const identity = makeIdentity(ground, wordpress);
  const useCases = makeUseCases(ground, wordpress, identity);
  const webhooks = makeWebhooks(ground, wordpress, identity, useCases);
  const leaving = new AbortController();
  const checks = makeChecks(ground, wordpress);
  const once = { answers: stores.keptAnswers, clock };
  const routes = makeRoutes(ground, useCases, {
    wordpress,
    identity,
    webhooks,
    health: healthRoutes(checks, leaving.signal, log),
  });
  return {
    ...useCases,
    ...webhooks,
    routes,
    checks,
    auditReader,
    agents: stores.agents,
    identities: stores.identities,
    options: stores.options,
    bridge: wordpress.bridge,
    findUser: identity.findUser,
    app: () =>
      makeApp({
        routes,
        authenticate: identity.authenticate,
        writeRefusal: (principal, code, operation) =>
          identity.writeRefusal({ actor: actorOf(principal), keyId: principal.keyId, code, detail: { operation } }),
        oncePerKey: makeOncePerKey(once),
        newRequestId: () => Buffer.from(random(12)).toString('hex'),
        trace: tracing.middleware,
        log,
        asDatabaseError,
        trustedProxies: config.trustedProxies,
        requireRecentLogin: makeRequireRecentLogin({ clock, acrValues: config.oauth?.stepUpAcrValues ?? [] }),
        tokenResource: describeResource(config),
        onAnswered: (request) => ground.metrics.requestAnswered(request),
      }),
    adminApp: () => makeAdminApp(ground.metrics),
    eraseEndedKeys: () => stores.agents.eraseEnded(clock.now()),
    purgeNonces: makeForgetNonces({ nonces, clock, elapsed: () => performance.now() }),
    purgeAnswers: makePurgeAnswers(once),
    purgeLimits: makeForgetLimits(ground.limits),
    rememberSite: (status: BridgeStatus) => rememberSite(ground, status),
    migrate: () => migrate(knex, config.tablePrefix),
    kekOpens: () => kekCanaryOpens(sealed),
    /** From now on /readyz says that this process is leaving. */
    drain: () => {
      leaving.abort();
    },
    noteKeyUses: () => identity.noteKeyUses(),
    close: () => closeAll(ground, identity),
  };
}

async function closeAll(ground: Ground, identity: Identity): Promise<void> {
  await identity.noteKeyUses().catch(() => undefined);
  await identity.close();
  await ground.limits.close();
  await ground.closePackets();
  await ground.knex.destroy();
}

export type Sidecar = ReturnType<typeof compose>;

/** What the bridge says of the site's tables, kept for every later start; written down when it is news. */
function rememberSite({ inTransaction, clock }: Ground, status: BridgeStatus): Promise<void> {
  const { tables: names, multisite, blogId, basePrefix, blogPrefix } = status;
  const site = JSON.stringify({ tables: names, multisite, blogId, basePrefix, blogPrefix });
  return inTransaction(async ({ options, audit }) => {
    if ((await options.read('ai_agent_site')) === site) return;
    await options.write('ai_agent_site', site);
    const detail = { name: 'site', multisite, blogId, blogPrefix };
    await audit.append([{ kind: 'settings.changed', at: clock.now(), actor: OPERATOR, detail }]);
  });
}
