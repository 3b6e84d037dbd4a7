import { matchOf } from '../decode/match.js';
import { objectOf, optional, refine, Refused, required } from '../decode/decoder.js';
import { integer, oneOf, textAs } from '../decode/values.js';
import { parseDuration, ruleId, words, zone } from '../decode/words.js';
import { Undecidable, type CallContext } from '../call-context.js';
import { LIMIT_SUBJECTS, type LimitSubject, type LimitWindow } from '../document.js';
import { SITE, type LimitDemand, type ZonedWindow } from '../limit-demand.js';
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

/** How often. The rule itself only says what to count; the store of counts says whether there is room. */
export const rateLimits: RuleBlock<'rateLimits'> = {
  decode: refine(shape, ({ match = {}, ...rest }) => ({ ...rest, match })),
  reach: () => 'any',
  compile: (rule, { document }, source) => {
    const { id, per, limit } = rule;
    const zoneId = rule.timezone ?? document.timezone;
    return (context, demands) => {
      demands.limits.push({
        rule: id,
        per,
        limit,
        window: zoned(rule.window, zoneId, context),
        subjects: subjectsOf(per, context),
        ...(source === undefined ? {} : { source }),
      });
      return [];
    };
  },
};

function zoned(window: LimitWindow, zoneId: string, context: CallContext): ZonedWindow {
  return window.kind === 'rolling' ? window : { ...window, zone: context.zone(zoneId).id };
}

/** Throws `Undecidable` where a part of `per` isn't known: a call that can't be counted is refused. */
function subjectsOf(per: readonly LimitSubject[], context: CallContext): LimitDemand['subjects'] {
  const { call, facts } = context;
  const { agentId, userId, ip } = facts.subject;
  if (per.includes('ip')) context.address();
  if (per.includes('agent') && agentId === null) throw new Undecidable("the caller isn't an agent");
  return { user: userId, agent: agentId ?? undefined, ip: ip ?? undefined, tool: call.tool, site: SITE };
}
