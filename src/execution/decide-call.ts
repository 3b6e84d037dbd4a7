import type { Decision, Finding } from '../policy/decision.js';
import type { CompiledPolicy } from '../policy/compile.js';
import { evaluate } from '../policy/evaluate.js';
import type { Principal } from '../identity/principal.js';
import type { Clock } from '../kernel/clock.js';
import { ChaperoneError } from '../kernel/errors.js';
import type { JsonObject } from '../kernel/json.js';
import type { CheckedCall } from './prepare-call.js';

export type DecideCall = (checked: CheckedCall, principal: Principal) => Promise<Decision>;

/** Gathers the facts, once and for one instant, and lets the pure evaluator decide. @throws policy_missing */
export function makeDecideCall(deps: {
  readonly activePolicy: () => Promise<CompiledPolicy | undefined>;
  readonly siteTimeZone: () => Promise<string>;
  readonly clock: Clock;
}): DecideCall {
  return async ({ call, before }, principal) => {
    const [policy, siteTimeZone] = await Promise.all([deps.activePolicy(), deps.siteTimeZone()]);
    if (policy === undefined) throw new ChaperoneError('policy_missing');
    const { name, effect } = call.tool;
    return evaluate(
      policy,
      { tool: name, args: call.args },
      {
        now: deps.clock.now(),
        siteTimeZone,
        subject: {
          agentId: principal.agentId,
          userId: principal.userId,
          login: principal.login,
          roles: principal.roles,
          ip: principal.ip,
        },
        entities: call.entities(before),
        tool: { name, effect },
      },
    );
  };
}

const visibleFinding = (finding: Finding): JsonObject => {
  const { rule, block, effect, code, message, pointer, source, unlock } = finding;
  return {
    rule,
    block,
    effect,
    code,
    message,
    ...(pointer === undefined ? {} : { pointer }),
    ...(source === undefined ? {} : { source: { line: source.line, column: source.column } }),
    ...(unlock === undefined ? {} : { unlock: { ...unlock } }),
  };
};

/** A decision as the agent and the audit log see it. */
export function visibleDecision(decision: Decision): JsonObject {
  const { effect, policyVersion, evaluatedAt, findings } = decision;
  return { effect, policyVersion, evaluatedAt, findings: findings.map(visibleFinding) };
}
