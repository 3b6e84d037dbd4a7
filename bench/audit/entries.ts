import type { AuditKind, NewAuditEntry, Verdict } from '../../src/audit/audit-entry.js';
import type { AgentId, CallId, PolicyVersion, WpUserId } from '../../src/kernel/ids.js';
import type { Draw } from '../../dev/draws.js';

const START = Date.UTC(2026, 0, 1);
const EVERY_MS = 7_000;
const ENTRIES_TO_A_CALL = 3;
const VERDICTS: readonly Verdict[] = ['allow', 'ask', 'deny'];
const CALL_KINDS: readonly AuditKind[] = ['call.decision', 'call.intent', 'call.outcome'];
const OTHER_KINDS: readonly AuditKind[] = [
  'auth.refused',
  'approval.requested',
  'approval.voted',
  'policy.saved',
  'policy.activated',
  'key.rotated',
  'settings.changed',
];

/** The kinds that occur. */
export const KINDS: readonly AuditKind[] = [...CALL_KINDS, ...OTHER_KINDS];

/** What the log's entries are about. Few values of each but entities and calls, as on a site. */
export const USERS = 40;
export const AGENTS = 15;
export const ENTITIES = 5_000;
export const TOOLS = ['posts', 'pages', 'media', 'comments', 'terms', 'users'].flatMap((noun) =>
  ['get', 'list', 'create', 'update', 'delete'].map((verb) => `${noun}.${verb}`),
);
export const CODES = ['outside_hours', 'content_blocked', 'rate_limited', 'upstream_refused', 'outcome_unknown'];
const POLICY_VERSION_EVERY = 10_000;

export const userAt = (number: number): WpUserId => (1 + number) as WpUserId;
export const agentAt = (number: number): AgentId => `agt_${String(number).padStart(20, '0')}` as AgentId;
export const versionAt = (turn: number): PolicyVersion =>
  (1 + Math.floor(turn / POLICY_VERSION_EVERY)) as PolicyVersion;
export const instantAt = (turn: number): Date => new Date(START + turn * EVERY_MS);

/** A call's id looks random (the golden ratio's multiples scatter), so that its index is filled as in life. */
export function callAt(turn: number): CallId {
  const number = Math.floor(turn / ENTRIES_TO_A_CALL);
  const scattered = Math.imul(number, 0x9e3779b1) >>> 0;
  return `call_${scattered.toString(36).padStart(7, '0')}${String(number).padStart(13, '0')}` as CallId;
}

/** Of few values the first ones come often, the last ones seldom. */
const skewed = (draw: Draw, below: number): number => Math.min(draw(below), draw(below));

const pick = <T>(values: readonly T[], index: number): T => {
  const value = values[index];
  if (value === undefined) throw new Error('drawn beyond the values');
  return value;
};

const actorOf = (agent: number, user: number): NewAuditEntry['actor'] => ({
  userId: userAt(user),
  agentId: agentAt(agent),
  credential: 'signature',
  ip: `2001:db8::${user.toString(16)}`,
});

/** The entry of that turn, seen from the beginning of the log. */
function entryAt(turn: number, draw: Draw): NewAuditEntry {
  const actor = actorOf(skewed(draw, AGENTS), skewed(draw, USERS));
  const at = instantAt(turn);
  if (draw(20) === 0) return { kind: pick(OTHER_KINDS, skewed(draw, OTHER_KINDS.length)), at, actor, detail: { turn } };
  const fate = draw(100);
  const verdict = pick(VERDICTS, fate < 90 ? 0 : fate < 97 ? 1 : 2);
  const tool = pick(TOOLS, skewed(draw, TOOLS.length));
  return {
    kind: pick(CALL_KINDS, turn % ENTRIES_TO_A_CALL),
    at,
    actor,
    callId: callAt(turn),
    tool,
    entity: { type: tool.split('.')[0] ?? tool, id: 1 + draw(ENTITIES) },
    policyVersion: versionAt(turn),
    verdict,
    ...(verdict === 'allow' ? {} : { code: pick(CODES, skewed(draw, CODES.length)) }),
    findings: [{ rule: 'drafting', effect: verdict }],
    arguments: { title: `Post ${turn}`, content: '<p>Some words about tea.</p>', status: 'draft' },
  };
}

/** Entries of that many turns from `first` on. */
export const entriesFrom = (first: number, count: number, draw: Draw): readonly NewAuditEntry[] =>
  Array.from({ length: count }, (_, index) => entryAt(first + index, draw));
