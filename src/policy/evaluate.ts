import { CallContext, Undecidable } from './call-context.js';
import type { CompiledPolicy, CompiledRule } from './compile.js';
import { DEFAULT_RULE, type Decision, type Finding, type Verdict } from './decision.js';
import { noDemands, type Demands } from './demands.js';
import type { Effect } from './document.js';
import type { Facts, PolicyCall } from './facts.js';
import { sortInPlace } from './in-order.js';
import { callersMode, findingsOfMode, stricterMode } from './mode.js';
import { neededApproval } from './needed-approval.js';
import { NOTHING_ALLOWS } from './rules/tools.js';

const LAXNESS: Readonly<Record<Effect, number>> = { deny: 0, ask: 1, allow: 2 };
const laxnessOf = ({ effect }: Finding): number => LAXNESS[effect];
const placeOf = ({ place }: CompiledRule): number => place;

/**
 * Decides one call. A pure function of policy, call and facts: `deny` over `ask` over `allow` whatever the order of
 * rules, every finding reported, and a rule that throws denies. What no rule of `tools` allows is denied.
 */
export function evaluate(policy: CompiledPolicy, call: PolicyCall, facts: Facts): Decision {
  const context = new CallContext(call, facts);
  const findings: Finding[] = [];
  const demands = noDemands();
  const candidates = policy.rules.candidates(context);
  sortInPlace(candidates, placeOf);
  let previous: CompiledRule | undefined;
  for (const rule of candidates) {
    if (rule !== previous) ask(rule, context, findings, demands);
    previous = rule;
  }
  if (!findings.some(({ block }) => block === 'tools'))
    findings.unshift({ rule: DEFAULT_RULE, block: 'tools', ...NOTHING_ALLOWS });
  const mode = stricterMode(policy.document.mode, callersMode(call.mode, demands.approvals.length > 0));
  for (const finding of findingsOfMode(mode, facts)) findings.push(finding);
  sortInPlace(findings, laxnessOf);
  const effect = findings[0]?.effect ?? 'deny';
  return {
    effect,
    policyVersion: policy.version,
    evaluatedAt: isoOf(facts.now),
    mode,
    approval: effect === 'ask' ? neededApproval(demands.approvals) : null,
    limits: effect === 'deny' ? [] : demands.limits,
    termLists: policy.termLists,
    findings,
  };
}

/** Adds what one rule finds; nothing when it isn't meant or has no objection. */
function ask(rule: CompiledRule, context: CallContext, findings: Finding[], demands: Demands): void {
  try {
    if (!rule.matches(context)) return;
    for (const verdict of rule.judge(context, demands)) findings.push(rule.finding(verdict));
  } catch (error) {
    findings.push(rule.finding(notEvaluable(error)));
  }
}

/** Fails closed. Only words that were written for callers are passed on, never those of an unforeseen error. */
function notEvaluable(error: unknown): Verdict {
  const why = error instanceof Undecidable ? `: ${error.message}` : '';
  return {
    effect: 'deny',
    code: 'policy_evaluation_failed',
    message: `This rule couldn't be evaluated${why}; the call is refused.`,
    unlock: { administrator: 'ai_agent_manage_policies' },
  };
}

let latest = { instant: NaN, iso: '' };

/** ISO 8601 in UTC. Many calls are decided within one millisecond, and formatting costs as much as deciding. */
function isoOf(now: Date): string {
  const instant = now.getTime();
  if (latest.instant !== instant) latest = { instant, iso: now.toISOString() };
  return latest.iso;
}
