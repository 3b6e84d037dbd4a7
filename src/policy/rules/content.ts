import type { FieldHit, Scanner, ScannerProblem } from '../../content/index.js';
import { compileScanner } from '../../content/index.js';
import { Undecidable } from '../call-context.js';
import type { Unlock, Verdict } from '../decision.js';
import { fault, MISTAKEN, type DecodeContext, type Mistaken, type Spot } from '../decode/context.js';
import { matchOf } from '../decode/match.js';
import { objectOf, optional, refine, Refused, required, type Decoder } from '../decode/decoder.js';
import { oneOf, text } from '../decode/values.js';
import { argumentPointer, listName, pattern, ruleId, words } from '../decode/words.js';
import { SEVERITIES, type ContentRule, type Effect } from '../document.js';
import { LIMITS } from '../limits.js';
import { scannerOf, sourceOf, type PolicyScanner } from './content-scanner.js';
import type { RuleBlock } from './rule-block.js';

const shape = objectOf('a rule of content', {
  id: required(ruleId),
  match: optional(matchOf),
  fields: optional(words(argumentPointer, 'pointers')),
  terms: optional(words(text('a term', LIMITS.wordCharacters), 'terms')),
  patterns: optional(words(pattern, 'patterns')),
  termLists: optional(words(listName, 'names of lists')),
  severity: required(oneOf(SEVERITIES)),
});

const plain = refine(shape, ({ match = {}, ...rest }) =>
  (rest.terms ?? rest.patterns ?? rest.termLists)
    ? { ...rest, match }
    : new Refused('This rule looks for nothing; give it "terms", "patterns" or "termLists".'),
);

/** A term or pattern that can't be looked for is a mistake where it stands, so that no sound policy fails to compile. */
const decode: Decoder<ContentRule> = (spot, context) => {
  const rule = plain(spot, context);
  if (rule === MISTAKEN) return MISTAKEN;
  const compiled = compileScanner(sourceOf([rule]));
  return compiled.ok ? rule : faults(compiled.problems, spot, context);
};

function faults(problems: readonly ScannerProblem[], spot: Spot, context: DecodeContext): Mistaken {
  for (const { kind, index, message } of problems) {
    const list = spot.node.children?.find(({ children }) => children?.[0]?.value === `${kind}s`)?.children?.[1];
    const node = list?.children?.[index] ?? spot.node;
    fault(context, { node, pointer: `${spot.pointer}/${kind}s/${index}` }, message);
  }
  return MISTAKEN;
}

/** Which words and patterns a text may not hold. */
export const content: RuleBlock<'content'> = {
  decode,
  reach: () => 'any',
  compile: (rule, surroundings) => {
    const policy = scannerOf(surroundings);
    const unusable = policy.unusable(rule);
    const isMine = policy.isOf(rule);
    const effect = surroundings.document.severities[rule.severity];
    return (context) => {
      if (unusable !== undefined) throw new Undecidable(`there is no usable list of terms called ${unusable}`);
      const { hits, unscannable } = context.scanned(policy.scanner, rule.fields);
      return [
        ...unscannable.slice(0, FIELDS_LISTED).map(({ pointer, reason }) => notScanned(pointer, reason)),
        ...byField(hits.filter(isMine)).map((found) => verdictOn(rule, effect, found, policy)),
      ];
    };
  },
};

/** Fields listed by one rule for one call; the first ones are enough to mend it. */
const FIELDS_LISTED = 20;
/** Places kept for the log of one field. */
const EVIDENCE_KEPT = 20;

function byField(hits: readonly FieldHit[]): readonly (readonly [FieldHit, ...FieldHit[]])[] {
  const fields = new Map<string, [FieldHit, ...FieldHit[]]>();
  for (const hit of hits) {
    const field = fields.get(hit.pointer);
    if (field !== undefined) field.push(hit);
    else if (fields.size < FIELDS_LISTED) fields.set(hit.pointer, [hit]);
  }
  return [...fields.values()];
}

function verdictOn(
  { severity }: ContentRule,
  effect: Effect,
  found: readonly [FieldHit, ...FieldHit[]],
  policy: PolicyScanner,
): Verdict {
  const pointer = speakable(policy.scanner, found[0].pointer);
  const suspends = severity === 'critical' && effect === 'deny';
  const evidence = found
    .map(policy.evidence)
    .sort((left, right) => left.start - right.start)
    .slice(0, EVIDENCE_KEPT);
  const base = { effect, pointer, evidence, ...(suspends ? { suspends } : {}) };
  if (effect === 'allow') {
    return {
      ...base,
      code: 'policy_content_noticed',
      message: `The policy takes note of what ${named(pointer)} says.`,
    };
  }
  return {
    ...base,
    code: 'policy_content_denied',
    message: suspends
      ? `The policy refuses what ${named(pointer)} says, and suspends the agent for it.`
      : `The policy ${effect === 'ask' ? 'wants a person to look at' : 'refuses'} what ${named(pointer)} says; rewrite it.`,
    unlock: unlockOf(effect, pointer, suspends),
  };
}

function unlockOf(effect: Effect, rewrite: string, suspends: boolean): Unlock {
  return {
    rewrite,
    ...(effect === 'ask' ? { approval: { route: '/v1/approvals' } } : {}),
    ...(suspends ? { administrator: 'ai_agent_manage_agents' } : {}),
  };
}

/** The pointer up to the first name that holds something blocked itself: an answer never says it back. */
function speakable(scanner: Scanner, pointer: string): string {
  const segments = pointer.split('/').slice(1);
  const blocked = segments.findIndex((segment) => {
    const result = scanner.scan(segment);
    return !result.ok || result.hits.length > 0;
  });
  return blocked < 0
    ? pointer
    : segments
        .slice(0, blocked)
        .map((segment) => `/${segment}`)
        .join('');
}

/** Section 8 of the contract: a field that can't be scanned denies, whatever the severity. */
function notScanned(pointer: string, reason: string): Verdict {
  return {
    effect: 'deny',
    code: 'policy_content_denied',
    message: `The policy can't check what ${named(pointer)} says (${reason}); send less.`,
    pointer,
    unlock: { rewrite: pointer },
  };
}

const named = (pointer: string): string => (pointer === '' ? 'an argument' : pointer);
