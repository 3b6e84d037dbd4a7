import type { Decision, Finding } from './decision.js';

const OPENINGS = { allow: 'Allowed', ask: 'Held for approval', deny: 'Denied' } as const;

/** A decision in one sentence for people: the effect, the first reason, how many more there are, and when it ends. */
export function explain(decision: Decision): string {
  const reasons = decision.findings.filter(({ effect }) => effect === decision.effect);
  const [first] = reasons;
  if (first === undefined) return `${OPENINGS[decision.effect]}.`;
  const more = reasons.length > 1 ? `; ${reasons.length - 1} more ${reasons.length > 2 ? 'reasons' : 'reason'}` : '';
  const at = nextAllowedAt(decision);
  const next = at === undefined ? '' : `; possible again at ${at}`;
  return `${OPENINGS[decision.effect]} by ${ruleName(first)}: ${first.message.replace(/\.$/, '')}${more}${next}.`;
}

/**
 * The instant (ISO 8601, UTC) from which nothing that refused this call is known to refuse it: the latest of those of
 * its refusals, or undefined when time alone won't lift all of them.
 */
export function nextAllowedAt(decision: Decision): string | undefined {
  const refusals = decision.findings.filter(({ effect }) => effect === 'deny');
  const instants = refusals.map(({ unlock }) => unlock?.at);
  if (instants.includes(undefined)) return undefined;
  return instants
    .filter((at) => at !== undefined)
    .sort()
    .at(-1);
}

function ruleName({ rule, source }: Finding): string {
  return source === undefined ? `the policy (${rule.replace(/[()]/g, '')})` : `rule "${rule}" (line ${source.line})`;
}
