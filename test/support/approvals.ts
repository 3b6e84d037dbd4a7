import { createHash } from 'node:crypto';
import type { Approval, Held } from '../../src/approvals/approval.js';
import type { Seal } from '../../src/approvals/binding.js';
import { newApproval } from '../../src/approvals/request-approval.js';
import type { Voter } from '../../src/approvals/voting.js';
import type { AgentId, ApprovalId, CallId, KeyId, PolicyVersion, WpUserId } from '../../src/kernel/ids.js';
import { DEFAULT_NEED, type ApprovalNeed } from '../../src/policy/approval-need.js';

/** A seal that nobody outside this file makes. */
export const testSeal: Seal = {
  make: (text) => createHash('sha256').update(`a test's own key|${text}`).digest('base64url'),
  fits: (text, seal) => testSeal.make(text) === seal,
};

export const REQUESTER_AGENT = 'agt_00000000000000000000' as AgentId;
export const REQUESTER = 7 as WpUserId;
export const ASKED = new Date('2026-11-22T20:00:00.000Z');

/** Seconds after it was asked. */
export const after = (seconds: number): Date => new Date(ASKED.getTime() + seconds * 1_000);

const numbered = (prefix: string, number: number): string => `${prefix}_${String(number).padStart(20, '0')}`;

/** A pending approval of a call by user 7; it lives for a day, unless `changes` say otherwise. */
export function anApproval(changes: Partial<Held> = {}, number = 1): Approval {
  const held: Held = {
    id: numbered('apr', number) as ApprovalId,
    callId: numbered('call', number) as CallId,
    kind: 'approval',
    requester: {
      agentId: REQUESTER_AGENT,
      userId: REQUESTER,
      login: 'bot',
      credential: 'signature',
      keyId: 'key_1' as KeyId,
      ip: '203.0.113.7',
    },
    tool: 'posts.update',
    proposed: { id: 12, title: 'Asked' },
    effective: { id: 12, title: 'Asked' },
    reason: 'because',
    target: 'post 12',
    title: 'As it was',
    before: { title: 'As it was' },
    targetDigest: 'a'.repeat(64),
    policyVersion: 1 as PolicyVersion,
    findings: [],
    need: DEFAULT_NEED,
    createdAt: ASKED,
    expiresAt: after(86_400),
    ...changes,
  };
  return newApproval(held, testSeal);
}

/** An editor, unless `changes` say otherwise. */
export const aVoter = (userId: number, changes: Partial<Voter> = {}): Voter => ({
  userId: userId as WpUserId,
  login: `user${userId}`,
  roles: ['editor'],
  mayApprove: true,
  agentId: null,
  ...changes,
});

/** Two steps: two editors, then the administrator called `admin` or anybody with the role `legal`. */
export const TWO_STEPS: ApprovalNeed = {
  rules: ['publishing'],
  steps: [
    { name: 'desk', approvers: { roles: ['editor'] }, quorum: 2 },
    { name: 'legal', approvers: { roles: ['legal'], users: ['admin'] }, quorum: 1 },
  ],
  expiresInSeconds: 86_400,
  allowEdits: true,
};
