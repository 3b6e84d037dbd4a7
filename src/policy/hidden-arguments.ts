import { CallContext } from './call-context.js';
import type { ArgTest, BlockName, PolicyDocument, RuleOf } from './document.js';
import type { Facts, PolicyCall } from './facts.js';
import { compileMatch, type Matcher } from './match/compile-match.js';
import { BLOCKS } from './rules/index.js';
import { parsePointer } from './source/pointer.js';

/** The id of a rule whose verdict may hang on one of these arguments (JSON pointers); undefined when none's does. */
export type HangsOn = (call: PolicyCall, facts: Facts, hidden: readonly string[]) => string | undefined;

/** One thing that a rule looks at: the value at a pointer and everything beneath it, or only whether it is there. */
interface Look {
  readonly segments: readonly string[];
  readonly what: 'value' | 'presence';
}

interface Reader {
  readonly id: string;
  /** The rule's `match` without its tests of arguments. */
  readonly meant: Matcher;
  readonly tests: readonly { readonly look: Look; readonly holds: Matcher }[];
  readonly others: readonly Look[];
}

/**
 * For calls whose arguments are known in part: of a hidden one, it is known that it was there, and not what it held.
 * Errs on the side of hanging on it: a rule that merely might look at it counts.
 */
export function makeHangsOn(policy: PolicyDocument): HangsOn {
  const blocks = Object.keys(BLOCKS) as BlockName[];
  const readers = blocks.flatMap((block) => readersOf(block, policy[block]));
  return (call, facts, hidden) => {
    const places = hidden.map((pointer) => parsePointer(pointer) ?? []);
    if (places.length === 0) return undefined;
    const context = new CallContext(call, facts);
    return readers.find((reader) => mayHang(reader, context, places))?.id;
  };
}

function readersOf<K extends BlockName>(block: K, rules: readonly RuleOf<K>[]): readonly Reader[] {
  return rules.flatMap((rule) => {
    const { args = [], ...rest } = rule.match;
    const tests = args.map((test) => ({ look: lookOf(test), holds: compileMatch({ args: [test] }, 'any') }));
    const others = looksOf(block, rule);
    if (tests.length === 0 && others.length === 0) return [];
    return [{ id: rule.id, meant: compileMatch(rest, 'any'), tests, others }];
  });
}

const segmentsOf = (pointer: string): readonly string[] => parsePointer(pointer) ?? [];
const lookOf = ({ path, test }: ArgTest): Look => ({
  segments: segmentsOf(path),
  what: test === 'exists' ? 'presence' : 'value',
});

/** What a rule looks at beyond its `match`. */
function looksOf<K extends BlockName>(block: K, rule: RuleOf<K>): readonly Look[] {
  if (block === 'entities' && 'denyFields' in rule)
    return (rule.denyFields ?? []).map((field) => ({ segments: segmentsOf(field), what: 'presence' }));
  if (block !== 'content') return [];
  const fields: readonly string[] = 'fields' in rule ? (rule.fields ?? ['']) : [''];
  return fields.map((field) => ({ segments: segmentsOf(field), what: 'value' }));
}

function mayHang(reader: Reader, context: CallContext, hidden: readonly (readonly string[])[]): boolean {
  const isHidden = (look: Look): boolean => hidden.some((place) => touches(look, place));
  const unsure = reader.tests.filter(({ look }) => isHidden(look));
  if (unsure.length === 0 && !reader.others.some(isHidden)) return false;
  try {
    return reader.meant(context) && reader.tests.every((test) => unsure.includes(test) || test.holds(context));
  } catch {
    return true;
  }
}

/** Whether what a rule looks at lies at, above or beneath a hidden place; of its presence, only beneath is unknown. */
function touches({ segments, what }: Look, place: readonly string[]): boolean {
  const shorter = Math.min(segments.length, place.length);
  for (let index = 0; index < shorter; index += 1) {
    const segment = segments[index];
    if (segment !== '*' && segment !== place[index]) return false;
  }
  return what === 'value' || segments.length > place.length;
}
