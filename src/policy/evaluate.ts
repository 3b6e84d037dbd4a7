import { callContext, Undecidable, type CallContext } from './call-context.js';
import type { CompiledPolicy, CompiledRule } from './compile.js';
import { DEFAULT_RULE, type Decision, type Finding, type Verdict } from './decision.js';
import type { Effect } from './document.js';
import type { Facts, PolicyCall } from './facts.js';
import { NOTHING_ALLOWS } from './rules/tools.js';

const STRICTNESS: Readonly<Record<Effect, number>> = { deny: 0, ask: 1, allow: 2 };

/**
 * Decides one call. A pure function of policy, call and facts: `deny` over `ask` over `allow` whatever the order of
 * rules, every finding reported, and a rule that throws denies. What no rule of `tools` allows is denied.
 */
export function evaluate(policy: CompiledPolicy, call: PolicyCall, facts: Facts): Decision {
  const context = callContext(call, facts);
  const candidates = policy.rules.candidates(context);
  const asked =
    candidates.length > 1 ? [...new Set(candidates)].sort((left, right) => left.place - right.place) : candidates;
  const findings = asked.flatMap((rule) => ask(rule, context));
  if (!findings.some(({ block }) => block === 'tools'))
    findings.unshift({ rule: DEFAULT_RULE, block: 'tools', ...NOTHING_ALLOWS });
  if (findings.length > 1) findings.sort((left, right) => STRICTNESS[left.effect] - STRICTNESS[right.effect]);
  return {
    effect: findings[0]?.effect ?? 'deny',
    policyVersion: policy.version,
    evaluatedAt: facts.now.toISOString(),
    findings,
  };
}

/** What one rule finds; nothing when it isn't meant or has no objection. */
function ask(rule: CompiledRule, context: CallContext): readonly Finding[] {
  try {
    if (!rule.matches(context)) return [];
    return rule.judge(context).map((verdict) => findingOf(rule, verdict));
  } catch (error) {
    return [findingOf(rule, notEvaluable(error))];
  }
}

function findingOf({ id, block, source }: CompiledRule, verdict: Verdict): Finding {
  return source === undefined ? { rule: id, block, ...verdict } : { rule: id, block, ...verdict, source };
}

/** Fails closed. Only words that were written for callers are passed on, never those of an unforeseen error. */
function notEvaluable(error: unknown): Verdict {
  const why = error instanceof Undecidable ? `: ${error.message}` : '';
  return {
    effect: 'deny',
    code: 'policy_evaluation_failed',
    message: `This rule couldn't be evaluated${why}; the call is refused.`,
  };
}
