import type { CallContext } from '../call-context.js';
import type { Verdict } from '../decision.js';
import { matchOf } from '../decode/match.js';
import { objectOf, optional, refine, Refused, required } from '../decode/decoder.js';
import { argumentPointer, entityStatus, entityType, ruleId, words } from '../decode/words.js';
import type { EntityFact } from '../facts.js';
import { statusesOf } from '../match/compile-match.js';
import { findAll, parsePointer } from '../source/pointer.js';
import type { RuleBlock } from './rule-block.js';

const fieldPointer = refine(argumentPointer, (pointer) =>
  pointer === ''
    ? new Refused('This names all arguments at once; a rule of tools with the effect "deny" says that.')
    : pointer,
);

const shape = objectOf('a rule of entities', {
  id: required(ruleId),
  match: optional(matchOf),
  types: optional(words(entityType, 'types')),
  statuses: optional(words(entityStatus, 'statuses')),
  denyFields: optional(words(fieldPointer, 'pointers')),
});

/** Fields listed by one rule for one call; the first ones are enough to mend it. */
const FIELDS_LISTED = 20;

/**
 * What the call would leave behind: of something new, the type and status asked for; of something that exists, its
 * type, its status and the one asked for. Each of them must be among those allowed.
 */
export const entities: RuleBlock<'entities'> = {
  decode: refine(shape, ({ match = {}, ...rest }) =>
    (rest.types ?? rest.statuses ?? rest.denyFields)
      ? { ...rest, match }
      : new Refused('This rule restricts nothing; give it "types", "statuses" or "denyFields".'),
  ),
  reach: () => 'any',
  compile: ({ types, statuses, denyFields }) => {
    const knownTypes = types && new Set(types);
    const knownStatuses = statuses && new Set(statuses);
    const fields = (denyFields ?? []).map((pointer) => parsePointer(pointer) ?? []);
    return (context) => [
      ...context.facts.entities.flatMap((entity) => [
        ...(knownTypes ? judgeType(entity, knownTypes) : []),
        ...(knownStatuses ? judgeStatuses(entity, knownStatuses) : []),
      ]),
      ...judgeFields(context, fields),
    ];
  },
};

function judgeType(entity: EntityFact, types: ReadonlySet<string>): readonly Verdict[] {
  if (types.has(entity.type)) return [];
  const message = `The policy keeps this to ${listed(types)}, and this is about ${entity.type}.`;
  return [{ effect: 'deny', code: 'policy_entity_denied', message, unlock: { types: [...types] } }];
}

function judgeStatuses(entity: EntityFact, statuses: ReadonlySet<string>): readonly Verdict[] {
  return statusesOf(entity)
    .filter((status) => !statuses.has(status))
    .map((status) => {
      const how = status === entity.requestedStatus ? 'the call asks for' : 'its status is';
      const message = `The policy keeps this to the statuses ${listed(statuses)}, and ${how} ${status}.`;
      return { effect: 'deny', code: 'policy_entity_denied', message, unlock: { statuses: [...statuses] } };
    });
}

function judgeFields({ call }: CallContext, fields: readonly (readonly string[])[]): readonly Verdict[] {
  return fields
    .flatMap((segments) => findAll(call.args, segments))
    .slice(0, FIELDS_LISTED)
    .map(({ pointer }) => ({
      effect: 'deny',
      code: 'policy_field_denied',
      message: `The policy protects the field ${pointer}; leave it out.`,
      pointer,
      unlock: { leaveOut: pointer },
    }));
}

function listed(names: ReadonlySet<string>): string {
  const shown = [...names].slice(0, 10).join(', ');
  return names.size > 10 ? `${shown}, …` : shown;
}
