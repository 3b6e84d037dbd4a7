import { __ } from '@wordpress/i18n';
import type { Tone } from '../parts/verdict.js';

const KINDS: Readonly<Record<string, () => string>> = {
  'call.decision': () => __('Call decided', 'chaperone'),
  'call.intent': () => __('About to run', 'chaperone'),
  'call.outcome': () => __('Ran', 'chaperone'),
  'call.reconciled': () => __('Found out what became of it', 'chaperone'),
  'approval.requested': () => __('Held for people', 'chaperone'),
  'approval.voted': () => __('Approved by a person', 'chaperone'),
  'approval.dropped': () => __('Vote dropped', 'chaperone'),
  'approval.reopened': () => __('Step waits again', 'chaperone'),
  'approval.edited': () => __('Arguments edited', 'chaperone'),
  'approval.commented': () => __('Comment', 'chaperone'),
  'approval.rejected': () => __('Rejected by a person', 'chaperone'),
  'approval.cancelled': () => __('Taken back by the agent', 'chaperone'),
  'approval.expired': () => __('Approval expired', 'chaperone'),
  'approval.stale': () => __('Approval out of date', 'chaperone'),
  'approval.claimed': () => __('Taken up for running', 'chaperone'),
  'approval.escalated': () => __('Approval escalated', 'chaperone'),
  'approval.reconciled': () => __('Looked for on the site', 'chaperone'),
  'approval.delegated': () => __('Votes given away', 'chaperone'),
  'approval.delegation_revoked': () => __('Votes taken back', 'chaperone'),
  'approval.remembered': () => __('Approval remembered', 'chaperone'),
  'approval.grant_used': () => __('Remembered approval used', 'chaperone'),
  'approval.grant_revoked': () => __('Remembered approval taken back', 'chaperone'),
  'approval.renewed': () => __('Asked anew', 'chaperone'),
  'policy.saved': () => __('Policy saved', 'chaperone'),
  'policy.activated': () => __('Policy activated', 'chaperone'),
  'agent.created': () => __('Agent made', 'chaperone'),
  'agent.changed': () => __('Agent changed', 'chaperone'),
  'agent.suspended': () => __('Agent suspended', 'chaperone'),
  'agent.resumed': () => __('Agent resumed', 'chaperone'),
  'agent.deleted': () => __('Agent ended', 'chaperone'),
  'key.created': () => __('Key made', 'chaperone'),
  'key.rotated': () => __('Key rotated', 'chaperone'),
  'key.revoked': () => __('Key revoked', 'chaperone'),
  'secret.created': () => __('Secret made', 'chaperone'),
  'settings.changed': () => __('Settings changed', 'chaperone'),
  'auth.refused': () => __('Caller refused', 'chaperone'),
};

/** A kind that this plugin doesn't know yet stands under its own name. */
export const wordOfKind = (kind: string): string => KINDS[kind]?.() ?? kind;

export const KIND_GROUPS: readonly (readonly [string, () => string])[] = [
  ['call', () => __('Calls', 'chaperone')],
  ['approval', () => __('Approvals', 'chaperone')],
  ['policy', () => __('Policies', 'chaperone')],
  ['agent', () => __('Agents', 'chaperone')],
  ['key', () => __('Keys', 'chaperone')],
  ['secret', () => __('Secrets', 'chaperone')],
  ['settings', () => __('Settings', 'chaperone')],
  ['auth', () => __('Refused callers', 'chaperone')],
];

export const toneOfOutcome = (outcome: string): Tone => (outcome === 'succeeded' ? 'good' : 'bad');
