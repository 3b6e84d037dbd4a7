import { sameCase, type CallContext } from '../call-context.js';
import type { ArgTest, EntityMatch, Match } from '../document.js';
import type { EntityFact } from '../facts.js';
import type { Json } from '../../kernel/json.js';
import { jsonEquals, parsePointer, valuesAt } from '../source/pointer.js';
import { contains, parseNetwork } from './address.js';
import { globTest } from './glob.js';
import { compilePattern } from './pattern.js';

/**
 * How a condition on several things is meant. A rule that allows must be right about all of them; a rule that
 * restricts is meant as soon as one of them fits. Either reading is the one that lets less through.
 */
export type Reach = 'all' | 'any';
export type Matcher = (context: CallContext) => boolean;

/** A rule's `match` as one test. All conditions must hold; the one that may be undecidable comes last. */
export function compileMatch(match: Match, reach: Reach): Matcher {
  const conditions = [
    ...(match.tools ? [toolsCondition(match.tools)] : []),
    ...(match.agents ? [agentsCondition(match.agents)] : []),
    ...(match.users ? [usersCondition(match.users)] : []),
    ...(match.roles ? [rolesCondition(match.roles)] : []),
    ...(match.entities ? [entitiesCondition(match.entities, reach)] : []),
    ...(match.args ?? []).map((test) => argCondition(test, reach)),
    ...(match.ips ? [ipsCondition(match.ips)] : []),
  ];
  const [first, second] = conditions;
  if (first === undefined) return () => true;
  if (second === undefined) return first;
  return (context) => {
    for (const condition of conditions) if (!condition(context)) return false;
    return true;
  };
}

function toolsCondition(globs: readonly string[]): Matcher {
  const exact = new Set(globs.filter((glob) => !glob.includes('*')));
  const tests = globs.filter((glob) => glob.includes('*')).map(globTest);
  return ({ call }) => exact.has(call.tool) || tests.some((test) => test(call.tool));
}

function agentsCondition(agents: readonly string[]): Matcher {
  const known = new Set(agents);
  return ({ facts }) => facts.subject.agentId !== null && known.has(facts.subject.agentId);
}

function usersCondition(users: readonly string[]): Matcher {
  const known = new Set(users.map(sameCase));
  return ({ login }) => known.has(login);
}

function rolesCondition(roles: readonly string[]): Matcher {
  const known = new Set(roles.map(sameCase));
  return ({ roles: borne }) => borne.some((role) => known.has(role));
}

function ipsCondition(cidrs: readonly string[]): Matcher {
  const networks = cidrs.map((cidr) => {
    const network = parseNetwork(cidr);
    if (network === undefined) throw new Error(`${cidr} isn't a network`);
    return network;
  });
  return (context) => {
    const address = context.address();
    return networks.some((network) => contains(network, address));
  };
}

function entitiesCondition(match: EntityMatch, reach: Reach): Matcher {
  const types = match.types && new Set(match.types);
  const ids = match.ids && new Set(match.ids);
  const statuses = match.statuses && new Set(match.statuses);
  const fits = (entity: EntityFact): boolean =>
    (types === undefined || types.has(entity.type)) &&
    (ids === undefined || (entity.kind === 'existing' && entity.id !== undefined && ids.has(entity.id))) &&
    (statuses === undefined || holdsFor(statusesOf(entity), (status) => statuses.has(status), reach));
  return ({ facts }) => holdsFor(facts.entities, fits, reach);
}

/** The statuses that a call is about: the present one and the one asked for. */
export function statusesOf(entity: EntityFact): readonly string[] {
  const present = entity.kind === 'existing' ? entity.status : undefined;
  return [present, entity.requestedStatus].filter((status) => status !== undefined);
}

function argCondition(test: ArgTest, reach: Reach): Matcher {
  const segments = parsePointer(test.path) ?? [];
  if (test.test === 'exists') return ({ call }) => valuesAt(call.args, segments).length > 0 === test.exists;
  const fits = valueTest(test);
  return ({ call }) => holdsFor(valuesAt(call.args, segments), fits, reach);
}

/** Whether one value fits a test. */
export function valueTest(test: Exclude<ArgTest, { test: 'exists' }>): (value: Json) => boolean {
  switch (test.test) {
    case 'equals':
      return (value) => jsonEquals(value, test.value);
    case 'in':
      return (value) => test.values.some((wanted) => jsonEquals(value, wanted));
    case 'matches': {
      const pattern = compilePattern(test.pattern);
      return (value) => typeof value === 'string' && pattern(value);
    }
    case 'longerThan':
      return (value) => (typeof value === 'string' || Array.isArray(value)) && isLonger(value, test.length);
    case 'greaterThan':
      return (value) => typeof value === 'number' && value > test.number;
  }
}

/** Strings are counted in characters as people see code points, lists in elements. */
function isLonger(value: string | readonly unknown[], length: number): boolean {
  if (value.length <= length) return false;
  return typeof value !== 'string' || Array.from(value).length > length;
}

/** Nothing at all never fits, whatever the reach. */
function holdsFor<T>(things: readonly T[], fits: (thing: T) => boolean, reach: Reach): boolean {
  return reach === 'any' ? things.some(fits) : things.length > 0 && things.every(fits);
}
