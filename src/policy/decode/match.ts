import type { ArgTest, EntityMatch, Match } from '../document.js';
import { LIMITS } from '../limits.js';
import { fault, MISTAKEN } from './context.js';
import { listOf, objectOf, optional, refine, Refused, required, type Decoder } from './decoder.js';
import { boolean, integer, json, number } from './values.js';
import {
  agentId,
  argumentPointer,
  entityStatus,
  entityType,
  login,
  network,
  pattern,
  role,
  toolGlob,
  words,
} from './words.js';

const argTestShape = objectOf('a test of an argument', {
  path: required(argumentPointer),
  equals: optional(json),
  in: optional(listOf(json, 'values', LIMITS.listItems)),
  matches: optional(pattern),
  exists: optional(boolean),
  longerThan: optional(integer(0, Number.MAX_SAFE_INTEGER)),
  greaterThan: optional(number),
});

const argTest: Decoder<ArgTest> = (spot, context) => {
  const raw = argTestShape(spot, context);
  if (raw === MISTAKEN) return MISTAKEN;
  const { path } = raw;
  const tests: ArgTest[] = [];
  if (raw.equals !== undefined) tests.push({ path, test: 'equals', value: raw.equals });
  if (raw.in !== undefined) tests.push({ path, test: 'in', values: raw.in });
  if (raw.matches !== undefined) tests.push({ path, test: 'matches', pattern: raw.matches });
  if (raw.exists !== undefined) tests.push({ path, test: 'exists', exists: raw.exists });
  if (raw.longerThan !== undefined) tests.push({ path, test: 'longerThan', length: raw.longerThan });
  if (raw.greaterThan !== undefined) tests.push({ path, test: 'greaterThan', number: raw.greaterThan });
  const [only, second] = tests;
  if (only !== undefined && second === undefined) return only;
  return fault(
    context,
    spot,
    'A test of an argument has one of "equals", "in", "matches", "exists", "longerThan" and "greaterThan"; write one entry for each.',
  );
};

const entityMatch: Decoder<EntityMatch> = refine(
  objectOf('a match of entities', {
    types: optional(words(entityType, 'types')),
    ids: optional(words(integer(1, Number.MAX_SAFE_INTEGER), 'ids, as numbers')),
    statuses: optional(words(entityStatus, 'statuses')),
  }),
  (match) =>
    Object.keys(match).length > 0
      ? match
      : new Refused('This says nothing about entities; name "types", "ids" or "statuses", or leave it out.'),
);

/** `match` in full. An empty one is allowed: it is what leaving it out means. */
export const matchOf: Decoder<Match> = objectOf('a match', {
  tools: optional(words(toolGlob, 'tools')),
  agents: optional(words(agentId, 'agents')),
  users: optional(words(login, 'logins')),
  roles: optional(words(role, 'roles')),
  ips: optional(words(network, 'networks')),
  entities: optional(entityMatch),
  args: optional(listOf(argTest, 'tests of arguments', LIMITS.listItems)),
});
