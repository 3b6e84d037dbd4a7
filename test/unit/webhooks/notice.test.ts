import { describe, expect, it } from '@jest/globals';
import { AUDIT_KINDS, type AuditEntry, type AuditKind } from '../../../src/audit/audit-entry.js';
import { appendToChain, EMPTY_CHAIN } from '../../../src/audit/hash-chain.js';
import type { JsonObject } from '../../../src/kernel/json.js';
import { bodyOf, NOTICE_KINDS, noticeOf } from '../../../src/webhooks/outbound/notice.js';
import { nextAttempt } from '../../../src/webhooks/outbound/schedule.js';
import { fullEntry } from '../../support/audit-entries.js';

const entry = (kind: AuditKind, detail: JsonObject, changes: object = {}): AuditEntry =>
  appendToChain(EMPTY_CHAIN, fullEntry({ kind, detail, ...changes }), '0'.repeat(32));

const APPROVAL = { approvalId: 'apr_00000000000000000000', digest: 'd'.repeat(64) };
const AGENT = { agentId: 'agt_bbbbbbbbbbbbbbbbbbbb' };

describe('an entry of the log makes a notice', () => {
  it.each([
    ['approval.requested', APPROVAL, {}, 'approval.requested'],
    ['approval.voted', { ...APPROVAL, waitsFor: 'legal', waitsAt: 1 }, {}, 'approval.advanced'],
    ['approval.reopened', { ...APPROVAL, step: 0 }, {}, 'approval.advanced'],
    ['approval.claimed', APPROVAL, {}, 'approval.approved'],
    ['approval.rejected', APPROVAL, {}, 'approval.rejected'],
    ['approval.cancelled', APPROVAL, {}, 'approval.cancelled'],
    ['approval.expired', APPROVAL, {}, 'approval.expired'],
    ['approval.stale', APPROVAL, {}, 'approval.stale'],
    ['call.decision', {}, { verdict: 'deny' }, 'call.denied'],
    ['call.outcome', { held: true }, {}, 'call.finished'],
    ['agent.suspended', AGENT, {}, 'agent.suspended'],
    ['agent.resumed', AGENT, {}, 'agent.resumed'],
    ['key.rotated', { ...AGENT, keyId: 'key_1' }, {}, 'key.rotated'],
    ['key.revoked', { ...AGENT, keyId: 'key_1' }, {}, 'key.revoked'],
    ['secret.rotated', { name: 'bridge_key_to_sidecar' }, {}, 'secret.rotated'],
    ['settings.changed', { name: 'kill_switch', on: true }, {}, 'kill_switch.on'],
    ['settings.changed', { name: 'kill_switch', on: false }, {}, 'kill_switch.off'],
  ] as const)('%s', (kind, detail, changes, notice) => {
    expect(noticeOf(entry(kind, detail, changes))?.kind).toBe(notice);
  });

  it.each([
    ['approval.voted', APPROVAL, {}],
    ['approval.dropped', APPROVAL, {}],
    ['call.decision', {}, { verdict: 'allow' }],
    ['call.decision', {}, { verdict: 'ask' }],
    ['call.decision', { dryRun: true }, { verdict: 'deny' }],
    ['call.outcome', {}, {}],
    ['call.intent', { held: true }, {}],
    ['settings.changed', { name: 'site' }, {}],
    ['policy.saved', {}, {}],
    ['auth.refused', {}, {}],
  ] as const)('but not %s %j %j', (kind, detail, changes) => {
    expect(noticeOf(entry(kind, detail, changes))).toBeUndefined();
  });

  it('with ids, codes and states alone, whatever stands in the entry', () => {
    const CANARY = 'canary-word';
    const planted = Object.fromEntries(
      ['agentId', 'approvalId', 'keyId', 'name', 'note', 'reason', 'why', 'login', 'rules'].map((name) => [
        name,
        `${CANARY} <${name}>`,
      ]),
    );
    const noisy = { tool: CANARY, findings: [CANARY], arguments: { title: CANARY }, verdict: 'deny', code: CANARY };
    for (const kind of AUDIT_KINDS) {
      for (const more of [{}, { held: true }, { name: 'kill_switch', on: true }]) {
        const notice = noticeOf(entry(kind, { ...planted, ...more }, noisy));
        if (notice === undefined) continue;
        expect(NOTICE_KINDS).toContain(notice.kind);
        expect(bodyOf(notice)).not.toContain(CANARY);
        expect(bodyOf(notice)).not.toContain('2001:db8');
      }
    }
  });

  it('with the place of the step that waits now, and never with a name', () => {
    const stepIn = (kind: AuditKind, detail: JsonObject): unknown => noticeOf(entry(kind, detail))?.data['step'];
    expect(stepIn('approval.voted', { step: 0, stepName: 'desk', waitsFor: 'legal', waitsAt: 1 })).toBe(1);
    expect(stepIn('approval.reopened', { step: 0, stepName: 'desk' })).toBe(0);
    expect(stepIn('approval.reopened', { step: 'desk' })).toBeUndefined();
    expect(stepIn('approval.escalated', { step: 1 })).toBeUndefined();
  });

  it('as Standard Webhooks has it', () => {
    const notice = noticeOf(entry('approval.requested', APPROVAL, { at: new Date('2026-11-26T10:00:00Z') }));
    if (notice === undefined) throw new Error('no notice');
    expect(JSON.parse(bodyOf(notice))).toEqual({
      type: 'approval.requested',
      timestamp: '2026-11-26T10:00:00.000Z',
      data: {
        auditId: 1,
        agentId: 'agt_aaaaaaaaaaaaaaaaaaaa',
        callId: 'call_cccccccccccccccccccc',
        approvalId: APPROVAL.approvalId,
        code: 'outcome_unknown',
        outcome: 'succeeded',
      },
    });
  });
});

describe('the schedule', () => {
  const now = new Date('2026-11-26T10:00:00Z');
  const pause = (attempts: number, chance: number): number | undefined => {
    const next = nextAttempt(attempts, now, chance);
    return next && (next.getTime() - now.getTime()) / 1_000;
  };

  it('is the one that Standard Webhooks recommends, and ends after ten attempts', () => {
    const seconds = Array.from({ length: 11 }, (_, index) => pause(index + 1, 0));
    const hours = [2, 5, 10, 14, 20, 24].map((each) => each * 3_600);
    expect(seconds).toEqual([5, 300, 1_800, ...hours, undefined, undefined]);
  });

  it('is up to a tenth later', () => {
    expect([pause(2, 0.5), pause(2, 1)]).toEqual([315, 330]);
  });
});
