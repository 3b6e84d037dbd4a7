import type { AuditKind, NewAuditEntry } from '../../src/audit/audit-entry.js';
import type { AgentId, CallId, PolicyVersion, WpUserId } from '../../src/kernel/ids.js';

const START = Date.UTC(2026, 10, 22, 20, 0, 0, 125);
const KINDS: readonly AuditKind[] = ['call.intent', 'call.decision', 'call.outcome', 'policy.saved', 'auth.refused'];

export const minute = (number: number): Date => new Date(START + number * 60_000);
export const userOf = (id: number): WpUserId => id as WpUserId;
export const agentOf = (letter: string): AgentId => `agt_${letter.repeat(20)}` as AgentId;
export const callOf = (letter: string): CallId => `call_${letter.repeat(20)}` as CallId;

/** An entry with everything in it. */
export function fullEntry(changes: Partial<NewAuditEntry> = {}): NewAuditEntry {
  return {
    kind: 'call.outcome',
    at: minute(0),
    actor: { userId: userOf(7), agentId: agentOf('a'), credential: 'signature', ip: '2001:db8::7' },
    callId: callOf('c'),
    tool: 'posts.update',
    entity: { type: 'post', id: 12 },
    policyVersion: 3 as PolicyVersion,
    verdict: 'allow',
    code: 'outcome_unknown',
    findings: [{ rule: 'drafting', effect: 'allow' }],
    arguments: { title: 'Grüße 🔑 "quoted" \\ \u0000 end', n: [1, 0.5, null, true] },
    beforeDigest: 'a'.repeat(64),
    afterDigest: 'b'.repeat(64),
    outcome: 'succeeded',
    detail: { note: 'line\nbreak' },
    ...changes,
  };
}

/** The first entries of an ordinary log: of several kinds, some with nearly nothing in them. */
export function someEntries(count: number): readonly NewAuditEntry[] {
  return Array.from({ length: count }, (_, index) => {
    const at = minute(index);
    const kind = KINDS[index % KINDS.length] ?? 'call.intent';
    if (index % 3 === 0) return { kind, at, actor: { userId: null, agentId: null, credential: null, ip: null } };
    const actor = { ...fullEntry().actor, userId: userOf(1 + (index % 2)) };
    return fullEntry({ kind, at, actor, callId: callOf('0123456789'.charAt(index % 10)) });
  });
}
