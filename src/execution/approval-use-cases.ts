import type { ApprovalStore } from '../approvals/approval-store.js';
import { makeApprove } from '../approvals/approve.js';
import type { Seal } from '../approvals/binding.js';
import { makeClaim } from '../approvals/claim.js';
import { makeDelegate, makeReadDelegations, makeRevokeDelegation } from '../approvals/delegate.js';
import type { DelegationStore } from '../approvals/delegation-store.js';
import { makeEscalateApprovals } from '../approvals/escalate.js';
import type { GrantStore } from '../approvals/grant-store.js';
import { makeFindGrant, makeListGrants, makeRevokeGrant } from '../approvals/remember.js';
import { makeExpireApprovals } from '../approvals/expire.js';
import { makeMarkStale } from '../approvals/mark-stale.js';
import { makeReadApprovals } from '../approvals/read-approvals.js';
import { makeCancel, makeComment, makeReject } from '../approvals/resolve.js';
import { makeResumeApproved } from '../approvals/resume.js';
import type { ApprovalStores } from '../approvals/stores.js';
import { makeLoadPresent } from '../approvals/voters.js';
import type { AuditLog, AuditReader } from '../audit/audit-log.js';
import type { AgentStore } from '../identity/agents/agent-store.js';
import type { LoadPrincipal } from '../identity/authenticate.js';
import type { Clock } from '../kernel/clock.js';
import type { DelegationId, GrantId, WpUserId } from '../kernel/ids.js';
import type { InTransaction } from '../kernel/in-transaction.js';
import type { CallStore } from './call-store.js';
import type { DecideCall } from './decide-call.js';
import type { FindOut } from './find-out.js';
import type { PreImageStore } from './pre-image-store.js';
import type { CheckCall } from './prepare-call.js';
import { makeReadBack } from './read-back.js';
import { makeRecheck } from './recheck-approved.js';
import { makeReviewEdit } from './review-edit.js';
import { makeApprovedOutcome, makeRunApprovedCall } from './run-approved-call.js';
import { makeRunCall } from './run-call.js';
import type { WpClient } from './wordpress/wp-client.js';

export interface ApprovalUseCaseDeps {
  readonly inTransaction: InTransaction<
    Omit<ApprovalStores, 'audit' | 'calls'> & {
      readonly audit: AuditLog;
      readonly calls: CallStore;
      readonly preImages: Pick<PreImageStore, 'keep'>;
    }
  >;
  readonly approvals: ApprovalStore;
  readonly delegations: DelegationStore;
  readonly grants: GrantStore;
  readonly log: Pick<AuditReader, 'list'>;
  readonly agents: Pick<AgentStore, 'get'>;
  readonly loadPrincipal: LoadPrincipal;
  readonly findUser: (login: string) => Promise<WpUserId | undefined>;
  readonly newDelegationId: () => DelegationId;
  readonly newGrantId: () => GrantId;
  readonly seal: Seal;
  readonly killSwitch: () => Promise<void>;
  readonly checkCall: CheckCall;
  readonly decideCall: DecideCall;
  readonly wordpress: WpClient;
  readonly findOut: FindOut;
  readonly wait: (milliseconds: number) => Promise<void>;
  readonly clock: Clock;
}

/** What people, the agent and time do with held calls, wired to the checks and the running of calls. */
export function makeApprovalUseCases(deps: ApprovalUseCaseDeps) {
  const { approvals, clock, seal, wordpress, wait } = deps;
  const delegations = makeReadDelegations(deps);
  const ballotFor: typeof delegations.ballotFor = (principal, inNameOf) => delegations.ballotFor(principal, inNameOf);
  const loadPresent = makeLoadPresent({ ...deps, isStanding: (id) => delegations.standing(id) });
  const markStale = makeMarkStale(deps);
  const runApproved = makeRunApprovedCall({
    recheck: makeRecheck({ ...deps, loadPresent }),
    markStale,
    claim: makeClaim(deps),
    seal,
    newGrantId: deps.newGrantId,
    runCall: makeRunCall({ wordpress, journal: makeApprovedOutcome(deps), wait }),
  });
  return {
    read: makeReadApprovals(deps),
    approve: makeApprove({
      ...{ ...deps, loadPresent, markStale, runApproved },
      ballotFor,
      reviewEdit: makeReviewEdit(deps),
    }),
    reject: makeReject({ ...deps, ballotFor }),
    comment: makeComment(deps),
    cancel: makeCancel(deps),
    expire: makeExpireApprovals(deps),
    escalate: makeEscalateApprovals(deps),
    readBack: makeReadBack(deps),
    delegations,
    delegate: makeDelegate(deps),
    revokeDelegation: makeRevokeDelegation(deps),
    findGrant: makeFindGrant({ ...deps, loadPresent }),
    listGrants: makeListGrants(deps),
    revokeGrant: makeRevokeGrant({ ...deps, loadPresent }),
    resume: makeResumeApproved({ approvals, seal, runApproved, markStale, clock }),
  };
}

export type ApprovalUseCases = ReturnType<typeof makeApprovalUseCases>;
