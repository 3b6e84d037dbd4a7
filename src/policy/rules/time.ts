import type { Unlock, Verdict } from '../decision.js';
import { matchOf } from '../decode/match.js';
import { listOf, objectOf, optional, refine, Refused, required } from '../decode/decoder.js';
import { oneOf } from '../decode/values.js';
import { ruleId, zone } from '../decode/words.js';
import type { TimeRule, TimeWindow } from '../document.js';
import { LIMITS } from '../limits.js';
import { timeWindow } from '../decode/time-window.js';
import { describeWindow } from '../time/describe.js';
import { nextAllowed } from '../time/next-allowed.js';
import { readyWindow, type ReadyWindow } from '../time/windows.js';
import type { Zone } from '../time/zone.js';
import type { RuleBlock } from './rule-block.js';

const windows = listOf(timeWindow, 'windows', LIMITS.windows);
const shape = objectOf('a rule of time', {
  id: required(ruleId),
  match: optional(matchOf),
  timezone: optional(zone),
  allow: optional(windows),
  blackout: optional(windows),
  onViolation: optional(oneOf(['deny', 'ask'] as const)),
});

/** When: outside all windows of `allow`, or inside one of `blackout`, is a violation. */
export const time: RuleBlock<'time'> = {
  decode: refine(shape, ({ match = {}, onViolation = 'deny', ...rest }) =>
    (rest.allow ?? rest.blackout)
      ? { ...rest, match, onViolation }
      : new Refused('This rule names no hours; give it "allow" or "blackout".'),
  ),
  reach: () => 'any',
  compile: (rule, { document }) => {
    const zoneId = rule.timezone ?? document.timezone;
    const open = rule.allow?.map(named);
    const closed = (rule.blackout ?? []).map(named);
    const isOpen = (local: number): boolean => open === undefined || open.some(({ holds }) => holds(local));
    const isClosed = (local: number): boolean => closed.some(({ holds }) => holds(local));
    const next = rememberNext((zone, now) =>
      nextAllowed(zone, now, [...(open ?? []), ...closed], (local) => isOpen(local) && !isClosed(local)),
    );
    return (context) => {
      const zone = context.zone(zoneId);
      const local = context.now + zone.spanAt(context.now).offset;
      const outside = !isOpen(local);
      const blackout = closed.find(({ holds }) => holds(local));
      if (!outside && blackout === undefined) return [];
      const at = next(zone, context.now);
      return violations(rule, zone, outside ? (open ?? []) : [], blackout, at);
    };
  },
};

interface NamedWindow extends ReadyWindow {
  readonly name: string;
}

function named(window: TimeWindow): NamedWindow {
  return { ...readyWindow(window), name: describeWindow(window) };
}

/** No instant within a year will do; only another policy. */
const NEVER: Unlock = { administrator: 'ai_agent_manage_policies' };

function violations(
  rule: TimeRule,
  zone: Zone,
  missed: readonly NamedWindow[],
  blackout: NamedWindow | undefined,
  next: number | undefined,
): readonly Verdict[] {
  const unlock: Unlock = {
    ...(next === undefined ? NEVER : { at: new Date(next).toISOString() }),
    ...(rule.onViolation === 'ask' ? { approval: { route: '/v1/approvals' } } : {}),
  };
  const verdicts: Verdict[] = [];
  if (missed.length > 0) {
    const hours = missed
      .slice(0, 3)
      .map(({ name }) => name)
      .join('; ');
    const message = `The policy allows this only ${hours}${missed.length > 3 ? '; …' : ''} (${zone.id}).`;
    verdicts.push({ effect: rule.onViolation, code: 'policy_time_denied', message, unlock });
  }
  if (blackout !== undefined) {
    const message = `The policy has a blackout ${blackout.name} (${zone.id}).`;
    verdicts.push({ effect: rule.onViolation, code: 'policy_blackout', message, unlock });
  }
  return verdicts;
}

/** Until the next allowed instant comes, it stays the same: one search serves a whole night of refusals. */
function rememberNext(search: (zone: Zone, now: number) => number | undefined): typeof search {
  let known: { readonly zone: Zone; readonly from: number; readonly at: number } | undefined;
  return (zone, now) => {
    if (known !== undefined && known.zone === zone && known.from <= now && now < known.at) return known.at;
    const at = search(zone, now);
    known = at === undefined ? undefined : { zone, from: now, at };
    return at;
  };
}
