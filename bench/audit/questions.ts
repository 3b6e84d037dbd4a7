import type { Draw } from '../../dev/draws.js';
import type { AuditFilter } from '../../src/audit/audit-log.js';
import {
  agentAt,
  AGENTS,
  callAt,
  CODES,
  ENTITIES,
  instantAt,
  KINDS,
  TOOLS,
  userAt,
  USERS,
  versionAt,
} from './entries.js';

export interface Question {
  readonly name: string;
  /** The index that answers it. */
  readonly index: string;
  /** What is asked of a log of so many entries; another value each time. */
  readonly filter: (draw: Draw, entries: number) => AuditFilter;
  /** A text that is looked for among what the filter lets through. */
  readonly text?: string;
}

const AN_HOUR = 514;

const between = (from: number, to: number): AuditFilter => ({ from: instantAt(from), to: instantAt(to) });

/** What people ask the list of the log. */
export const QUESTIONS: readonly Question[] = [
  { name: 'everything', index: 'PRIMARY', filter: () => ({}) },
  {
    name: 'an hour',
    index: 'PRIMARY',
    filter: (draw, entries) => {
      const from = draw(entries);
      return between(from, from + AN_HOUR);
    },
  },
  {
    name: 'since an instant',
    index: 'PRIMARY',
    filter: (draw, entries) => ({ from: instantAt(draw(entries)) }),
  },
  {
    name: 'until an instant',
    index: 'PRIMARY',
    filter: (draw, entries) => ({ to: instantAt(draw(entries)) }),
  },
  { name: 'user', index: 'user_id', filter: (draw) => ({ userId: userAt(draw(USERS)) }) },
  { name: 'agent', index: 'agent_id', filter: (draw) => ({ agentId: agentAt(draw(AGENTS)) }) },
  { name: 'tool', index: 'tool', filter: (draw) => drawn('tool', TOOLS, draw) },
  {
    name: 'entity',
    index: 'entity',
    filter: (draw) => ({ entityType: 'posts', entityId: 1 + draw(ENTITIES) }),
  },
  {
    name: 'agent until an instant',
    index: 'agent_id',
    filter: (draw, entries) => ({ agentId: agentAt(draw(AGENTS)), to: instantAt(draw(entries)) }),
  },
  {
    name: 'verdict',
    index: 'verdict',
    filter: (draw) => drawn('verdict', ['allow', 'ask', 'deny'] as const, draw),
  },
  { name: 'code', index: 'code', filter: (draw) => drawn('code', CODES, draw) },
  {
    name: 'policy version',
    index: 'policy_version',
    filter: (draw, entries) => ({ policyVersion: versionAt(draw(entries)) }),
  },
  { name: 'call', index: 'call_id', filter: (draw, entries) => ({ callId: callAt(draw(entries)) }) },
  { name: 'kind', index: 'kind', filter: (draw) => drawn('kind', KINDS, draw) },
  { name: 'kinds of calls', index: 'kind', filter: () => ({ kind: 'call' }) },
  { name: 'kinds of policies', index: 'kind', filter: () => ({ kind: 'policy' }) },
  { name: 'text, found at once', index: 'PRIMARY', filter: () => ({}), text: 'about tea' },
  { name: 'text, found nowhere', index: 'PRIMARY', filter: () => ({}), text: 'stands nowhere' },
  {
    name: 'text, of a user',
    index: 'user_id',
    filter: (draw) => ({ userId: userAt(draw(USERS)) }),
    text: 'stands nowhere',
  },
];

function drawn<K extends keyof AuditFilter>(
  condition: K,
  values: readonly NonNullable<AuditFilter[K]>[],
  draw: Draw,
): AuditFilter {
  return { [condition]: values[draw(values.length)] };
}
