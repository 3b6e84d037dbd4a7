import { setTimeout as pause } from 'node:timers/promises';
import { approvalSeals } from './approvals/reseal.js';
import { makeApprovalUseCases } from './execution/approval-use-cases.js';
import { makeAdmitCall } from './execution/admit-call.js';
import { makeAskAnew } from './execution/ask-anew.js';
import { makeDecideCall } from './execution/decide-call.js';
import { makeUseGrant } from './execution/granted-call.js';
import { makeFindOut } from './execution/find-out.js';
import { makeHoldCall } from './execution/hold-call.js';
import { makeImagineFacts } from './execution/imagine-facts.js';
import { makeJournal } from './execution/journal.js';
import { makePurgePreImages } from './execution/pre-image-store.js';
import { makeCheckCall } from './execution/prepare-call.js';
import { makeAwaitCall, makeReadCall } from './execution/read-call.js';
import { makeReadLimitsUse } from './execution/limits-use.js';
import { makeReadOverview } from './execution/read-overview.js';
import { makeReconcileCalls } from './execution/reconcile-calls.js';
import { makeRunCall } from './execution/run-call.js';
import { makeSettleLostCalls } from './execution/settle-lost-calls.js';
import { makeSubmitCall } from './execution/submit-call.js';
import { makeReadUndo, makeUndoCall } from './execution/undo-call.js';
import { TOOL_NAMES } from './execution/tools/index.js';
import { toolSketches } from './execution/tools/sketches.js';
import { makeActivateKey } from './identity/agents/activate-key.js';
import { makeCreateAgent } from './identity/agents/create-agent.js';
import { makeDeleteAgent, makeUpdateAgent } from './identity/agents/manage-agents.js';
import { makeIssuePassword } from './identity/agents/issue-password.js';
import { makeWriteRefusedUses } from './identity/agents/refused-uses.js';
import { makeAddKey, makeRevokeKey, makeRotateKey } from './identity/agents/manage-keys.js';
import { makeAddIdentity, makeRemoveIdentity } from './identity/identities/manage-identities.js';
import { newApprovalId, newCallId, newDelegationId, newGrantId } from './kernel/ids.js';
import { makeActivePolicy } from './policy-versions/active-policy.js';
import { makePolicyUseCases } from './policy-versions/policy-use-cases.js';
import { makeWeighShadow } from './policy-versions/shadow-policy.js';
import { makeListSecrets } from './secrets/list-secrets.js';
import { makePairSite } from './secrets/pair-site.js';
import { makeRewrap } from './secrets/rewrap.js';
import { makeRotateSecret } from './secrets/rotate-secret.js';
import { makeSeal } from './secrets/seal.js';
import { mysqlCoreOptions } from './settings/core-options.mysql.js';
import { makeChangeSettings } from './settings/change-settings.js';
import { makeFixedSettings } from './settings/fixed-settings.js';
import { makeKillSwitchGate, makeSetKillSwitch, readKillSwitch } from './settings/kill-switch.js';
import { showSettings } from './settings/show-settings.js';
import { makeSiteTimeZone, siteTimeZone } from './settings/site-time-zone.js';
import { parseStored, SETTINGS_OPTION } from './settings/stored-settings.js';
import { countingDecisions, countingOutcomes } from './compose-metrics.js';
import { makeEvidence } from './compose-evidence.js';
import { type Ground, type Identity, type WordPress } from './compose-ground.js';

/** Decides by what was read of the site since the request came. */
function makeDecide({ stores: { policies, options }, siteState, termLists, clock }: Ground) {
  return makeDecideCall({
    activePolicy: makeActivePolicy({
      policies: {
        get: (version) => policies.get(version),
        active: async (asOf) => (await siteState.since(asOf)).activePolicy,
      },
      termLists,
    }),
    siteTimeZone: async (asOf) => {
      const { timezoneString, gmtOffset } = await siteState.since(asOf);
      return siteTimeZone(timezoneString, gmtOffset);
    },
    clock,
    weighShadow: makeWeighShadow({ options, termLists, clock }),
  });
}

/** A call from its arguments to its outcome, with the people in between. */
function makeCalls(
  ground: Ground,
  { client: wordpress, questions, bridge }: WordPress,
  { loadPrincipal, findUser }: Identity,
) {
  const { config, clock, random, stores, siteState, limits, inTransaction, inSharedCommit, metrics } = ground;
  const { auditReader: log } = ground;
  const { calls, approvals, agents } = stores;
  const journal = countingOutcomes(metrics, makeJournal({ inTransaction: inSharedCommit, clock }));
  const seal = makeSeal(config.keks, 'approvals');
  const wait = (milliseconds: number): Promise<void> => pause(milliseconds);
  const killSwitch = makeKillSwitchGate((asOf) => ({ read: async () => (await siteState.since(asOf)).killSwitch }));
  const checkCall = metrics.timed('check', makeCheckCall({ wordpress, objects: questions }));
  const decideCall = metrics.timed('decide', makeDecide(ground));
  const readCall = makeReadCall({ calls, approvals, clock });
  const readUndo = makeReadUndo(stores);
  const checks = { killSwitch, checkCall, decideCall };
  const findOut = makeFindOut({ calls, writesArrivals: async () => (await bridge.status()).writesArrivals });
  const heldCalls = makeApprovalUseCases({
    ...{ ...checks, ...stores, inTransaction, log, loadPrincipal, findUser, seal, wordpress, findOut, wait, clock },
    newDelegationId: () => newDelegationId(random),
    newGrantId: () => newGrantId(random),
  });
  const submitCall = makeSubmitCall({
    ...checks,
    useGrant: makeUseGrant({ findGrant: heldCalls.findGrant, log: ground.auditReader, inTransaction, clock }),
    calls,
    journal,
    admitCall: countingDecisions(metrics, metrics.timed('admit', makeAdmitCall({ limits }))),
    runCall: metrics.timed('run', makeRunCall({ wordpress, journal, wait })),
    holdCall: metrics.timed(
      'hold',
      makeHoldCall({ inTransaction: inSharedCommit, seal, newApprovalId: () => newApprovalId(random), clock }),
    ),
    clock,
  });
  return {
    submitCall,
    askAnew: makeAskAnew({
      approvals,
      calls,
      seal,
      agents,
      loadPrincipal,
      inTransaction,
      submitCall,
      clock,
    }),
    settleLostCalls: makeSettleLostCalls({ calls, inTransaction, clock }),
    reconcileCalls: makeReconcileCalls({ calls, findOut, inTransaction, clock }),
    purgePreImages: makePurgePreImages({ ...stores, clock }),
    readUndo,
    undoCall: makeUndoCall({ calls, readUndo, submitCall, newCallId: () => newCallId(random) }),
    readCall,
    awaitCall: makeAwaitCall({ readCall, calls, wait, clock }),
    approvals: heldCalls,
  };
}

/** Policies: their versions, and what they would decide. */
function makePolicies(ground: Ground, { client: wordpress }: WordPress, { loadPrincipal, findUser }: Identity) {
  const { clock, stores, limits, inTransaction, termLists, auditReader: log } = ground;
  const { policies, options, agents } = stores;
  const admitCall = makeAdmitCall({ limits });
  return makePolicyUseCases({
    policies,
    options,
    log,
    inTransaction,
    clock,
    knownTools: [...TOOL_NAMES],
    termLists,
    sketches: toolSketches,
    imagine: makeImagineFacts({ wordpress, loadPrincipal, findUser, agents, siteTimeZone: zoneOf(ground), clock }),
    peek: async (decision) => (await admitCall(decision, { peek: true })).decision,
  });
}

const zoneOf = ({ reads, config }: Ground): (() => Promise<string>) =>
  makeSiteTimeZone(mysqlCoreOptions(reads, `${config.tablePrefix}options`));

/** Secrets: what there is, replacing them, and moving them under another key-encryption key. */
function makeSecrets({ config, clock, random, box, stores, inTransaction }: Ground) {
  const { options, sealedRows: rows, sealedApprovals } = stores;
  const seal = makeSeal(config.keks, 'approvals');
  return {
    listSecrets: makeListSecrets({ options, rows, others: [() => sealedApprovals.countByKek()], box }),
    rotateSecret: makeRotateSecret({ inTransaction, box, clock, random }),
    rewrapSecrets: makeRewrap({ inTransaction, rows, others: [approvalSeals(sealedApprovals, seal)], box, clock }),
  };
}

/** Settings: those that administrators make, shown beside those of the environment. */
function makeSettings({ config, clock, stores, inTransaction }: Ground) {
  const fixed = makeFixedSettings({ ...config, countsInRedis: config.redisUrl !== undefined });
  return {
    showSettings: async () => showSettings(parseStored(await stores.options.read(SETTINGS_OPTION)), fixed),
    changeSettings: makeChangeSettings({ inTransaction, clock, fixed }),
    setKillSwitch: makeSetKillSwitch({ inTransaction, clock }),
  };
}

/** Calls, policies, and what operators set. */
export function makeUseCases(ground: Ground, wordpress: WordPress, identity: Identity) {
  const { config, clock, random, box, inTransaction } = ground;
  return {
    ...makeCalls(ground, wordpress, identity),
    ...makePolicies(ground, wordpress, identity),
    ...makeSecrets(ground),
    ...makeSettings(ground),
    evidence: makeEvidence(ground),
    createAgent: makeCreateAgent({ inTransaction, box, clock, random }),
    updateAgent: makeUpdateAgent({ inTransaction, clock }),
    deleteAgent: makeDeleteAgent({
      inTransaction,
      clock,
      revokePasswords: (userId) => wordpress.bridge.revokePasswords(userId),
    }),
    addKey: makeAddKey({ inTransaction, box, clock, random }),
    rotateKey: makeRotateKey({ inTransaction, box, clock, random }),
    activateKey: makeActivateKey({ inTransaction, clock }),
    issuePassword: makeIssuePassword({
      inTransaction,
      clock,
      makePassword: (wanted) => wordpress.bridge.makePassword(wanted),
    }),
    writeRefusedUses: makeWriteRefusedUses({ inTransaction, clock }),
    revokeKey: makeRevokeKey({ inTransaction, clock }),
    addIdentity: makeAddIdentity({
      inTransaction,
      loadPrincipal: identity.loadPrincipal,
      clock,
      ...(config.oauth === undefined ? {} : { issuer: config.oauth.issuer }),
    }),
    removeIdentity: makeRemoveIdentity({ inTransaction, clock }),
    readOverview: makeReadOverview({
      statistics: ground.statistics,
      log: ground.auditReader,
      approvals: ground.stores.approvals,
      agents: ground.stores.agents,
      activePolicy: ground.activePolicy,
      readKillSwitch: () => readKillSwitch(ground.stores.options),
      readLimitsUse: makeReadLimitsUse({
        activePolicy: ground.activePolicy,
        siteTimeZone: zoneOf(ground),
        limits: ground.limits,
        agents: ground.stores.agents,
      }),
      clock,
    }),
    pairSite: makePairSite({ inTransaction, box, clock, random }),
  };
}

export type UseCases = ReturnType<typeof makeUseCases>;
