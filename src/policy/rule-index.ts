import { sameCase, type CallContext } from './call-context.js';
import type { Match } from './document.js';

/** Anything that a `match` selects. */
export interface Indexed {
  readonly match: Match;
}

/** Finds the rules that may match a call, without looking at those that can't. */
export interface RuleIndex<R extends Indexed> {
  /** Every rule whose `match` may hold, and perhaps some more; in no order, one of them perhaps twice. The list is the caller's own. */
  candidates(context: CallContext): R[];
}

/** Rules under one tool or prefix, by the most telling thing that they ask of the caller. */
interface Bucket<R> {
  readonly byAgent: Map<string, R[]>;
  readonly byUser: Map<string, R[]>;
  readonly byRole: Map<string, R[]>;
  readonly others: R[];
}

/**
 * An index by tool first (exact names, and globs by what stands before their first star), then by agent, login or
 * role. The cost of a question grows with the rules found and with the number of different lengths of prefixes.
 */
export function indexRules<R extends Indexed>(rules: readonly R[]): RuleIndex<R> {
  const exact = new Map<string, Bucket<R>>();
  const prefixed = new Map<string, Bucket<R>>();
  for (const rule of rules) {
    for (const glob of new Set(rule.match.tools ?? ['*'])) {
      const star = glob.indexOf('*');
      const bucket = star < 0 ? grow(exact, glob, newBucket<R>) : grow(prefixed, glob.slice(0, star), newBucket<R>);
      put(bucket, rule);
    }
  }
  const lengths = [...new Set([...prefixed.keys()].map((prefix) => prefix.length))];
  return {
    candidates(context) {
      const found: R[] = [];
      const { tool } = context.call;
      collect(exact.get(tool), context, found);
      for (const length of lengths) {
        if (length <= tool.length) collect(prefixed.get(tool.slice(0, length)), context, found);
      }
      return found;
    },
  };
}

/**
 * What is left to ask of a candidate: its tool, and the agent, login or role under which it was found, are known to fit.
 * A glob is only sure to fit when nothing stands behind its one star.
 */
export function beyondIndex({ tools, agents, users, roles, ...rest }: Match): Match {
  const isCertain = (glob: string): boolean => !glob.slice(0, -1).includes('*');
  return {
    ...rest,
    ...(tools === undefined || tools.every(isCertain) ? {} : { tools }),
    ...(users !== undefined && agents !== undefined ? { users } : {}),
    ...(roles !== undefined && (agents ?? users) !== undefined ? { roles } : {}),
  };
}

function newBucket<R>(): Bucket<R> {
  return { byAgent: new Map(), byUser: new Map(), byRole: new Map(), others: [] };
}

function grow<V>(map: Map<string, V>, key: string, make: () => V): V {
  const known = map.get(key) ?? make();
  map.set(key, known);
  return known;
}

function put<R extends Indexed>(bucket: Bucket<R>, rule: R): void {
  const { agents, users, roles } = rule.match;
  const keyed = (map: Map<string, R[]>, keys: readonly string[]): void => {
    for (const key of new Set(keys)) grow(map, key, () => []).push(rule);
  };
  if (agents !== undefined) keyed(bucket.byAgent, agents);
  else if (users !== undefined) keyed(bucket.byUser, users.map(sameCase));
  else if (roles !== undefined) keyed(bucket.byRole, roles.map(sameCase));
  else bucket.others.push(rule);
}

function collect<R>(bucket: Bucket<R> | undefined, context: CallContext, found: R[]): void {
  if (bucket === undefined) return;
  add(bucket.others, found);
  if (bucket.byAgent.size > 0 && context.facts.subject.agentId !== null)
    add(bucket.byAgent.get(context.facts.subject.agentId), found);
  if (bucket.byUser.size > 0) add(bucket.byUser.get(context.login), found);
  if (bucket.byRole.size > 0) for (const role of context.roles) add(bucket.byRole.get(role), found);
}

function add<R>(rules: readonly R[] | undefined, found: R[]): void {
  if (rules === undefined) return;
  for (const rule of rules) found.push(rule);
}
