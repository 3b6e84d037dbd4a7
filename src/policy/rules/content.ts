import { matchOf } from '../decode/match.js';
import { objectOf, optional, refine, Refused, required } from '../decode/decoder.js';
import { oneOf, text } from '../decode/values.js';
import { argumentPointer, pattern, ruleId, words } from '../decode/words.js';
import { SEVERITIES } from '../document.js';
import { LIMITS } from '../limits.js';
import type { RuleBlock } from './rule-block.js';

const shape = objectOf('a rule of content', {
  id: required(ruleId),
  match: optional(matchOf),
  fields: optional(words(argumentPointer, 'pointers')),
  terms: optional(words(text('a term', LIMITS.wordCharacters), 'terms')),
  patterns: optional(words(pattern, 'patterns')),
  severity: required(oneOf(SEVERITIES)),
});

/** Which words and patterns a text may not hold. */
export const content: RuleBlock<'content'> = {
  decode: refine(shape, ({ match = {}, ...rest }) =>
    (rest.terms ?? rest.patterns)
      ? { ...rest, match }
      : new Refused('This rule looks for nothing; give it "terms" or "patterns".'),
  ),
  reach: () => 'any',
  compile: null,
};
