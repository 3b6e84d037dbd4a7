import type { Clock } from '../kernel/clock.js';
import type { ApprovalId, WpUserId } from '../kernel/ids.js';
import type { Approvers } from '../policy/approval-need.js';
import { currentStep, isOpen, shownState, type Approval } from './approval.js';
import type { ApprovalStore } from './approval-store.js';
import type { DelegationStore } from './delegation-store.js';
import { approversAt, escalatedStep, peopleIn } from './escalation.js';

/** What is told to those who may vote: what waits, where and until when, and nothing of what the call says. */
export interface Mailing {
  /** The same for every attempt, so that nobody is told twice. */
  readonly messageId: string;
  readonly approvalId: ApprovalId;
  readonly tool: string;
  readonly target: string | null;
  readonly agent: string;
  readonly step: string;
  readonly isEscalation: boolean;
  readonly expiresAt: Date;
  /** Any of these; one without lists means everybody with the capability. */
  readonly approvers: readonly Approvers[];
  /** Whose votes are in whose hands now: the second is told where the first would be. */
  readonly delegations: readonly { readonly from: WpUserId; readonly to: WpUserId }[];
  /** Those who can't vote on it: the account that asked, and who has a part in a vote already. */
  readonly except: readonly WpUserId[];
}

export type SendMailing = (mailing: Mailing) => Promise<{ readonly sent: number; readonly failed: number }>;

/** Why people are told: it was asked, another step waits (the next one, or one before again), or a step has waited too long. */
export type Occasion = 'requested' | 'advanced' | 'escalated';

const MOST_DELEGATIONS = 500;

interface About {
  readonly approvalId: ApprovalId;
  readonly messageId: string;
  /** The place of the step that began to wait; absent from notices of a first step, and of versions that didn't say it. */
  readonly step?: number;
}

/** Whether the step that waits is the one which the notice is about. */
const isStillSo = (occasion: 'requested' | 'advanced', place: number, { step }: About): boolean =>
  step === undefined ? (occasion === 'requested') === (place === 0) : step === place;

/** Whom an occasion concerns; undefined when something else has happened since, and people were told of that. */
function concerned(
  approval: Approval,
  { occasion, about, now }: { readonly occasion: Occasion; readonly about: About; readonly now: Date },
): readonly Approvers[] | undefined {
  const place = currentStep(approval);
  const step = approval.need.steps[place];
  if (step === undefined) return undefined;
  if (approval.kind === 'suggestion') return approval.need.steps.map(({ approvers }) => approvers);
  if (occasion === 'escalated') {
    const { escalate } = step;
    return escalate !== undefined && escalatedStep(approval, now) !== undefined ? [escalate.to] : undefined;
  }
  return isStillSo(occasion, place, about) ? approversAt(approval, place, now) : undefined;
}

export type TellApprovers = (
  occasion: Occasion,
  about: About,
) => Promise<{ readonly sent: number; readonly failed: number }>;

/** Tells those who may vote on the step that waits. What was decided meanwhile is told to nobody. */
export function makeTellApprovers(deps: {
  readonly approvals: Pick<ApprovalStore, 'get'>;
  readonly delegations: Pick<DelegationStore, 'active'>;
  readonly send: SendMailing;
  readonly clock: Clock;
}): TellApprovers {
  return async (occasion, about) => {
    const { approvalId, messageId } = about;
    const approval = await deps.approvals.get(approvalId);
    const now = deps.clock.now();
    const isWaiting = approval !== undefined && isOpen(shownState(approval, now));
    const approvers = isWaiting ? concerned(approval, { occasion, about, now }) : undefined;
    if (approval === undefined || approvers === undefined) return { sent: 0, failed: 0 };
    const held = await deps.delegations.active(now, MOST_DELEGATIONS);
    const { tool, target, requester, expiresAt, need } = approval;
    return deps.send({
      ...{ messageId, approvalId, tool, target, agent: requester.login, expiresAt, approvers },
      step: need.steps[currentStep(approval)]?.name ?? '',
      isEscalation: occasion === 'escalated',
      delegations: held.map(({ from, to }) => ({ from: from.userId, to: to.userId })),
      except: [requester.userId, ...peopleIn(approval)],
    });
  };
}
