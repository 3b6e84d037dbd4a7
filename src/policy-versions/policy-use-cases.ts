import type { AuditReader } from '../audit/audit-log.js';
import type { ToolSketch } from '../policy/advice-tools.js';
import type { TermLists } from '../policy/term-lists.js';
import { makeActivatePolicy } from './activate-policy.js';
import { makeCompareVersions } from './compare-versions.js';
import type { PolicyStore } from './policy-store.js';
import { makeReadPolicies } from './read-policies.js';
import { makeReplayPolicy } from './replay-policy.js';
import { makeSavePolicy } from './save-policy.js';
import { makeEndShadow, makeSetShadow, type ShadowChangeDeps, type ShadowOptions } from './shadow-policy.js';
import { makeShadowReport } from './shadow-report.js';
import type { ChangeDeps } from './stores.js';
import { makeTestPolicy, type ImagineFacts } from './test-policy.js';
import { makeValidatePolicy } from './validate-policy.js';

export interface PolicyUseCaseDeps {
  readonly policies: PolicyStore;
  readonly options: Pick<ShadowOptions, 'read'>;
  readonly log: Pick<AuditReader, 'list'>;
  readonly inTransaction: ChangeDeps['inTransaction'] & ShadowChangeDeps['inTransaction'];
  readonly clock: ChangeDeps['clock'];
  readonly knownTools: readonly string[];
  readonly termLists: () => Promise<TermLists>;
  readonly sketches: () => readonly ToolSketch[];
  readonly imagine: ImagineFacts;
  readonly peek: Parameters<typeof makeTestPolicy>[0]['peek'];
}

/** Everything that is done with policies, beside deciding by them. */
export function makePolicyUseCases(deps: PolicyUseCaseDeps) {
  return {
    readPolicies: makeReadPolicies(deps),
    savePolicy: makeSavePolicy(deps),
    activatePolicy: makeActivatePolicy(deps),
    validatePolicy: makeValidatePolicy(deps),
    compareVersions: makeCompareVersions(deps),
    testPolicy: makeTestPolicy(deps),
    replayPolicy: makeReplayPolicy(deps),
    setShadow: makeSetShadow(deps),
    endShadow: makeEndShadow(deps),
    shadowReport: makeShadowReport(deps),
  };
}

export type PolicyUseCases = ReturnType<typeof makePolicyUseCases>;
