import { matchOf } from '../decode/match.js';
import { objectOf, optional, refine, Refused, required } from '../decode/decoder.js';
import { integer, oneOf, textAs } from '../decode/values.js';
import { parseDuration, ruleId, words, zone } from '../decode/words.js';
import { LIMIT_SUBJECTS, type LimitWindow } from '../document.js';
import { LIMITS } from '../limits.js';
import type { RuleBlock } from './rule-block.js';

const LONGEST_DAYS = 366;

const window = textAs<LimitWindow>('a window such as "1h" or "day"', 40, (written) => {
  if (written === 'hour' || written === 'day') return { kind: 'calendar', unit: written };
  const seconds = parseDuration(written, LONGEST_DAYS);
  if (seconds !== undefined) return { kind: 'rolling', seconds };
  return new Refused(
    `A window is a number with "s", "m", "h" or "d" ("90s", "1h"; at most ${LONGEST_DAYS}d), or "hour" or "day" of the calendar.`,
  );
});

const shape = objectOf('a rule of rateLimits', {
  id: required(ruleId),
  match: optional(matchOf),
  timezone: optional(zone),
  per: required(words(oneOf(LIMIT_SUBJECTS), 'what is counted')),
  limit: required(integer(1, LIMITS.rateLimit)),
  window: required(window),
});

/** How often. */
export const rateLimits: RuleBlock<'rateLimits'> = {
  decode: refine(shape, ({ match = {}, ...rest }) => ({ ...rest, match })),
  reach: () => 'any',
  compile: null,
};
