import { createHash } from 'node:crypto';
import { canonicalJson } from '../kernel/canonical-json.js';
import type { ApprovalId } from '../kernel/ids.js';
import type { JsonObject } from '../kernel/json.js';
import type { ApprovalNeed, Approvers } from '../policy/approval-need.js';
import type { Approval, Held, Vote } from './approval.js';

/**
 * Makes and checks seals with a key that isn't in the database, so that who can write to the tables (an injection into
 * any plugin of the site) can neither change what was approved nor add a vote.
 */
export interface Seal {
  make(text: string): string;
  fits(text: string, seal: string): boolean;
}

const namesJson = ({ roles, users }: Approvers): JsonObject => ({
  roles: roles === undefined ? null : [...roles],
  users: users === undefined ? null : [...users],
});

export const needJson = (need: ApprovalNeed): JsonObject => ({
  rules: [...need.rules],
  steps: need.steps.map(({ name, approvers, quorum, escalate }) => ({
    name,
    quorum,
    ...namesJson(approvers),
    // Absent where there is none, so that digests of approvals from before there were escalations still fit.
    ...(escalate === undefined ? {} : { escalate: { afterSeconds: escalate.afterSeconds, ...namesJson(escalate.to) } }),
  })),
  expiresInSeconds: need.expiresInSeconds,
  allowEdits: need.allowEdits,
});

/** SHA-256 in hexadecimal over all that people are shown and all that will be done (RFC 8785 text). */
export function digestOf(held: Held): string {
  const { requester, createdAt, expiresAt } = held;
  const covered: JsonObject = {
    id: held.id,
    callId: held.callId,
    kind: held.kind,
    requester: { ...requester },
    tool: held.tool,
    proposed: held.proposed,
    effective: held.effective,
    reason: held.reason,
    target: held.target,
    title: held.title,
    before: held.before,
    targetDigest: held.targetDigest,
    policyVersion: held.policyVersion,
    findings: held.findings,
    need: needJson(held.need),
    createdAt: createdAt.toISOString(),
    expiresAt: expiresAt.toISOString(),
  };
  return createHash('sha256').update(canonicalJson(covered), 'utf8').digest('hex');
}

const heldText = (digest: string): string => `approval|${digest}`;

/** The digest and its seal. */
export function bind(held: Held, seal: Seal): { readonly digest: string; readonly seal: string } {
  const digest = digestOf(held);
  return { digest, seal: seal.make(heldText(digest)) };
}

/** Whether the approval is what it was when it was stored or last edited. */
export const isIntact = (approval: Approval, seal: Seal): boolean =>
  digestOf(approval) === approval.digest && seal.fits(heldText(approval.digest), approval.seal);

type VoteText = Pick<Vote, 'digest' | 'step' | 'userId' | 'at' | 'by' | 'rememberSeconds'>;

function voteText(id: ApprovalId, { digest, step, userId, at, by, rememberSeconds }: VoteText): string {
  const covered: JsonObject = {
    ...{ id, digest, step, userId, at: at.toISOString() },
    ...(by === null ? {} : { by: { ...by } }),
    ...(rememberSeconds === null ? {} : { rememberSeconds }),
  };
  return `vote|${canonicalJson(covered)}`;
}

export const sealVote = (id: ApprovalId, vote: VoteText, seal: Seal): string => seal.make(voteText(id, vote));

/** Whether the vote was cast here, by this person, in this step, for these arguments. */
export const isGenuine = (id: ApprovalId, vote: Vote, seal: Seal): boolean => seal.fits(voteText(id, vote), vote.seal);
