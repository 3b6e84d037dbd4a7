import { CallContext, Undecidable } from './call-context.js';
import type { CompiledPolicy, CompiledRule } from './compile.js';
import { DEFAULT_RULE, type Decision, type Finding, type Verdict } from './decision.js';
import { noDemands, type Demands } from './demands.js';
import type { Effect } from './document.js';
import type { Facts, PolicyCall } from './facts.js';
import { findingsOfMode, stricterMode } from './mode.js';
import { neededApproval } from './needed-approval.js';
import { NOTHING_ALLOWS } from './rules/tools.js';

const STRICTNESS: Readonly<Record<Effect, number>> = { deny: 0, ask: 1, allow: 2 };

/**
 * Decides one call. A pure function of policy, call and facts: `deny` over `ask` over `allow` whatever the order of
 * rules, every finding reported, and a rule that throws denies. What no rule of `tools` allows is denied.
 */
export function evaluate(policy: CompiledPolicy, call: PolicyCall, facts: Facts): Decision {
  const context = new CallContext(call, facts);
  const findings: Finding[] = [];
  const demands = noDemands();
  for (const rule of inPlace(policy.rules.candidates(context))) ask(rule, context, findings, demands);
  if (!findings.some(({ block }) => block === 'tools'))
    findings.unshift({ rule: DEFAULT_RULE, block: 'tools', ...NOTHING_ALLOWS });
  const mode = stricterMode(policy.document.mode, call.mode);
  findings.push(...findingsOfMode(mode, facts));
  if (findings.length > 1) findings.sort((left, right) => STRICTNESS[left.effect] - STRICTNESS[right.effect]);
  const effect = findings[0]?.effect ?? 'deny';
  return {
    effect,
    policyVersion: policy.version,
    evaluatedAt: isoOf(facts.now),
    mode,
    approval: effect === 'ask' ? neededApproval(demands.approvals) : null,
    limits: effect === 'deny' ? [] : demands.limits,
    findings,
  };
}

/** Each candidate once, in the order of the document. */
function inPlace(candidates: readonly CompiledRule[]): readonly CompiledRule[] {
  if (candidates.length < 2) return candidates;
  return [...new Set(candidates)].sort((left, right) => left.place - right.place);
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
