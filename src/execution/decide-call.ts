import type { ApprovalNeed } from '../policy/approval-need.js';
import type { Decision, Finding, Unlock } from '../policy/decision.js';
import type { Mode } from '../policy/document.js';
import type { CompiledPolicy } from '../policy/compile.js';
import { evaluate } from '../policy/evaluate.js';
import type { Principal } from '../identity/principal.js';
import type { Clock } from '../kernel/clock.js';
import { ChaperoneError } from '../kernel/errors.js';
import type { Moment } from '../kernel/fresh-reading.js';
import type { JsonObject } from '../kernel/json.js';
import type { Facts, PolicyCall } from '../policy/facts.js';
import type { WeighShadow } from '../policy-versions/shadow-policy.js';
import type { CheckedCall } from './prepare-call.js';
import { withWitness } from './witness.js';

/** `mode` is the call's own; it can only make a decision stricter. */
export type DecideCall = (checked: CheckedCall, principal: Principal, mode?: Mode) => Promise<Decision>;

/** Gathers the facts, once and for one instant, and lets the pure evaluator decide. @throws policy_missing */
export function makeDecideCall(deps: {
  readonly activePolicy: (asOf?: Moment) => Promise<CompiledPolicy | undefined>;
  readonly siteTimeZone: (asOf?: Moment) => Promise<string>;
  readonly clock: Clock;
  /** What a shadow policy says beside it; it has no say. */
  readonly weighShadow?: WeighShadow;
}): DecideCall {
  return async ({ call, before }, principal, mode) => {
    const [policy, siteTimeZone] = await Promise.all([
      deps.activePolicy(principal.asOf),
      deps.siteTimeZone(principal.asOf),
    ]);
    if (policy === undefined) {
      throw new ChaperoneError('policy_missing', {
        members: { unlock: { administrator: 'ai_agent_manage_policies' } },
      });
    }
    const { name, effect } = call.tool;
    const asked: PolicyCall = { tool: name, args: call.judged, ...(mode === undefined ? {} : { mode }) };
    const facts: Facts = {
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
    };
    const decision = evaluate(policy, asked, facts);
    return withWitness(decision, { call: asked, facts, shadow: await deps.weighShadow?.(asked, facts, decision) });
  };
}

export function visibleUnlock({ approval, ...rest }: Unlock): JsonObject {
  if (approval === undefined) return { ...rest };
  const { route, steps } = approval;
  return {
    ...rest,
    approval: { route, ...(steps === undefined ? {} : { steps: steps.map((step) => ({ ...step })) }) },
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
    ...(unlock === undefined ? {} : { unlock: visibleUnlock(unlock) }),
  };
};

/** Who votes is said by role alone: logins of a site's people are nothing for an agent. */
function visibleNeed({ steps, expiresInSeconds, allowEdits }: ApprovalNeed): JsonObject {
  return {
    steps: steps.map(({ name, approvers, quorum }) => ({ name, quorum, roles: [...(approvers.roles ?? [])] })),
    expiresInSeconds,
    allowEdits,
  };
}

/** The findings as those see them who may read the audit log: with what was found where. */
export function loggedFindings({ findings }: Decision): readonly JsonObject[] {
  return findings.map((finding) => ({
    ...visibleFinding(finding),
    ...(finding.evidence === undefined ? {} : { evidence: finding.evidence.map((one) => ({ ...one })) }),
  }));
}

/** A decision as the agent sees it: never with a blocked term or pattern. */
export function visibleDecision(decision: Decision): JsonObject {
  const { effect, policyVersion, evaluatedAt, mode, approval, findings } = decision;
  return {
    effect,
    policyVersion,
    evaluatedAt,
    mode,
    ...(approval === null ? {} : { approval: visibleNeed(approval) }),
    findings: findings.map(visibleFinding),
  };
}
