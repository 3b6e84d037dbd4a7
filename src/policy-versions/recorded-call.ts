import { z } from 'zod';
import type { AuditEntry } from '../audit/audit-entry.js';
import { isJsonObject, type Json, type JsonObject } from '../kernel/json.js';
import { MODES } from '../policy/document.js';
import type { Facts, PolicyCall } from '../policy/facts.js';
import { pointerSegment } from '../policy/source/pointer.js';

/** A past call as the log tells it. */
export interface RecordedCall {
  readonly call: PolicyCall;
  readonly facts: Facts;
  /** Arguments that the log kept in part or not at all: JSON pointers. */
  readonly hidden: readonly string[];
}

/** More hidden places than that, and all of the arguments count as hidden. */
const MOST_HIDDEN = 50;

const entity = z.union([
  z.strictObject({ kind: z.literal('create'), type: z.string(), requestedStatus: z.string().optional() }),
  z.strictObject({
    kind: z.literal('existing'),
    type: z.string(),
    id: z.number().optional(),
    status: z.string().optional(),
    requestedStatus: z.string().optional(),
  }),
]);

/** `detail.facts` of a `call.decision` entry: what the rules knew, beside what the entry itself says. */
const recorded = z.object({
  at: z.iso.datetime(),
  siteTimeZone: z.string(),
  login: z.string(),
  roles: z.array(z.string()),
  effect: z.enum(['read', 'write']),
  mode: z.enum(MODES).optional(),
  entities: z.array(entity),
  hidden: z.array(z.string()),
});

/** What to keep of the facts so that the call can be decided again. `kept` are the arguments as the log has them. */
export function recordFacts(call: PolicyCall, facts: Facts, kept: Json): JsonObject {
  const { now, siteTimeZone, subject, tool, entities } = facts;
  const hidden = differences(call.args, kept, '');
  return {
    at: now.toISOString(),
    siteTimeZone,
    login: subject.login,
    roles: [...subject.roles],
    effect: tool.effect,
    ...(call.mode === undefined ? {} : { mode: call.mode }),
    entities: entities.map((each) => ({ ...each })),
    hidden: hidden.length > MOST_HIDDEN ? [''] : hidden,
  };
}

function differences(sent: Json, kept: Json, pointer: string): readonly string[] {
  const pairs = membersOf(sent);
  const others = new Map(membersOf(kept));
  if (pairs.length === 0 || others.size === 0 || Array.isArray(sent) !== Array.isArray(kept))
    return JSON.stringify(sent) === JSON.stringify(kept) ? [] : [pointer];
  return pairs.flatMap(([name, value]) =>
    differences(value, others.get(name) ?? null, `${pointer}/${pointerSegment(name)}`),
  );
}

function membersOf(value: Json): readonly (readonly [string, Json])[] {
  return typeof value === 'object' && value !== null ? Object.entries<Json>(value) : [];
}

/** The call behind an entry, or why it can't be told any more. */
export function recordedCall(entry: AuditEntry): RecordedCall | { readonly why: string } {
  const { detail, tool, arguments: args, actor } = entry;
  const kept = isJsonObject(detail) ? detail['facts'] : undefined;
  if (kept === undefined)
    return {
      why: entry.findings === undefined ? 'it was refused before the policy was asked' : 'its facts were not kept',
    };
  const parsed = recorded.safeParse(kept);
  if (!parsed.success || tool === undefined || actor.userId === null || !isJsonObject(args ?? {}))
    return { why: 'its entry can no longer be read' };
  const { at, siteTimeZone, login, roles, effect, mode, entities, hidden } = parsed.data;
  return {
    call: { tool, args: isJsonObject(args) ? args : {}, ...(mode === undefined ? {} : { mode }) },
    facts: {
      now: new Date(at),
      siteTimeZone,
      subject: { agentId: actor.agentId, userId: actor.userId, login, roles, ip: actor.ip },
      entities: entities.map(withoutUndefined) as Facts['entities'],
      tool: { name: tool, effect },
    },
    hidden,
  };
}

/** Parsing leaves out what wasn't there; the type doesn't know it. */
function withoutUndefined<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as T;
}
