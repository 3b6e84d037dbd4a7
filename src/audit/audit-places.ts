import type { AuditFilter } from './audit-log.js';
import type { AuditRow } from './audit-row.js';

/** Columns that a condition equals, and their values. */
function equalities(filter: AuditFilter): Partial<AuditRow> {
  const wanted: { [K in keyof AuditRow]?: AuditRow[K] | undefined } = {
    kind: isWholeKind(filter.kind) ? filter.kind : undefined,
    user_id: filter.userId,
    agent_id: filter.agentId,
    call_id: filter.callId,
    tool: filter.tool,
    entity_type: filter.entityType,
    entity_id: filter.entityId,
    verdict: filter.verdict,
    code: filter.code,
    policy_version: filter.policyVersion,
  };
  return Object.fromEntries(Object.entries(wanted).filter(([, value]) => value !== undefined));
}

const isWholeKind = (kind: string | undefined): boolean => kind?.includes('.') === true;
/** As LIKE takes it. */
export const escaped = (text: string): string => text.replace(/[\\%_]/g, '\\$&');

/** Indexes by the columns that must all be given for them; behind those each has the number alone. */
const INDEXES: readonly (readonly [string, readonly (keyof AuditRow)[]])[] = [
  ['kind', ['kind']],
  ['call_id', ['call_id']],
  ['user_id', ['user_id']],
  ['agent_id', ['agent_id']],
  ['tool', ['tool']],
  ['entity', ['entity_type', 'entity_id']],
  ['policy_version', ['policy_version']],
  ['verdict', ['verdict']],
  ['code', ['code']],
];

/** What the entries asked for have in common, and the indexes along which they may be looked for. */
export interface Place {
  readonly where: Partial<AuditRow>;
  readonly indexes: readonly string[];
}

/**
 * Property kept: a page costs what is on it, however long the log is. So every question goes along an index that leads with what
 * must be equal and goes on by number, which is the order of the answer. The server is told which ones those are: by its statistics
 * it takes others, and then reads or sorts millions of entries.
 */
export function placeOf(filter: AuditFilter): Place {
  const where = equalities(filter);
  const indexes = INDEXES.filter(([, given]) => given.every((column) => column in where)).map(([name]) => name);
  if (indexes.length > 0) return { where, indexes };
  return { where, indexes: filter.entityType === undefined ? ['PRIMARY'] : ['PRIMARY', 'entity'] };
}
