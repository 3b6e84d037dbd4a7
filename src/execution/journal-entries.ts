import type { NewAuditEntry } from '../audit/audit-entry.js';
import { redact } from '../audit/redact.js';
import { actorOf } from '../identity/principal.js';
import type { ChaperoneError } from '../kernel/errors.js';
import type { PolicyVersion } from '../kernel/ids.js';
import type { Json, JsonObject } from '../kernel/json.js';
import { recordFacts } from '../policy-versions/recorded-call.js';
import { shadowDetail } from '../policy-versions/shadow-policy.js';
import type { Decision } from '../policy/decision.js';
import { fieldsDigest } from './call.js';
import { loggedFindings } from './decide-call.js';
import type { CallEnd, OpenCall } from './journal.js';
import type { CheckedCall } from './prepare-call.js';
import { witnessOf } from './witness.js';

function base(open: OpenCall, at: Date): Pick<NewAuditEntry, 'at' | 'actor' | 'callId' | 'tool'> {
  return { at, actor: actorOf(open.principal), callId: open.callId, tool: open.request.tool.slice(0, 64) };
}

function entityOf({ call, before }: CheckedCall): Pick<NewAuditEntry, 'entity'> {
  const [entity] = call.entities(before);
  if (entity === undefined) return {};
  const id = entity.kind === 'existing' ? entity.id : undefined;
  return { entity: { type: entity.type, ...(id === undefined ? {} : { id }) } };
}

function beforeDigest({ call, before }: CheckedCall): Pick<NewAuditEntry, 'beforeDigest'> {
  const { digestFields } = call.tool;
  return before === undefined || digestFields.length === 0 ? {} : { beforeDigest: fieldsDigest(digestFields, before) };
}

/** What the policy said, with the redacted arguments. */
export function decisionEntry(open: OpenCall, checked: CheckedCall, decision: Decision, at: Date): NewAuditEntry {
  const [strictest] = decision.findings;
  const kept = redact({ ...checked.call.judged, ...checked.call.noted });
  return {
    ...base(open, at),
    kind: 'call.decision',
    ...entityOf(checked),
    ...(decision.policyVersion === null ? {} : { policyVersion: decision.policyVersion as PolicyVersion }),
    verdict: decision.effect,
    ...(decision.effect === 'deny' && strictest !== undefined ? { code: strictest.code } : {}),
    findings: loggedFindings(decision),
    arguments: kept,
    detail: {
      dryRun: open.request.dryRun,
      reason: open.request.reason ?? null,
      keyId: open.principal.keyId,
      ...(open.undoes === undefined ? {} : { undoOf: open.undoes.callId }),
      ...(Object.keys(decision.termLists).length === 0 ? {} : { termLists: decision.termLists }),
      ...witnessed(decision, kept),
    },
  };
}

/** The facts of the decision, so that another policy can decide the call again, and what a shadow said otherwise. */
function witnessed(decision: Decision, kept: Json): JsonObject {
  const witness = witnessOf(decision);
  if (witness === undefined) return {};
  const { call, facts, shadow } = witness;
  return {
    facts: recordFacts(call, facts, kept),
    ...(shadow === undefined ? {} : { shadow: shadowDetail(shadow) }),
  };
}

/** That the agent is suspended for what a call of its says. */
export function suspensionEntry(open: OpenCall, decision: Decision, at: Date): NewAuditEntry {
  const { agentId, callId, principal } = open;
  const rules = decision.findings.filter(({ suspends }) => suspends).map(({ rule }) => rule);
  return { kind: 'agent.suspended', at, actor: actorOf(principal), callId, detail: { agentId, rules } };
}

/** What is about to be done, on what. */
export function intentEntry(open: OpenCall, checked: CheckedCall, at: Date): NewAuditEntry {
  return { ...base(open, at), kind: 'call.intent', ...entityOf(checked), ...beforeDigest(checked) };
}

/** What became of it. For something new, its id is known only now. */
export function outcomeEntry(open: OpenCall, checked: CheckedCall, end: CallEnd, at: Date): NewAuditEntry {
  const entity = entityOf(checked).entity;
  const id = entity?.id ?? end.entityId;
  return {
    ...base(open, at),
    kind: 'call.outcome',
    ...(entity === undefined ? {} : { entity: { type: entity.type, ...(id === undefined ? {} : { id }) } }),
    ...beforeDigest(checked),
    ...(end.afterDigest === undefined ? {} : { afterDigest: end.afterDigest }),
    outcome: end.state,
    ...(end.code === undefined ? {} : { code: end.code }),
    ...(end.detail === undefined ? {} : { detail: end.detail }),
  };
}

/** A call that was refused before a policy could decide it. */
export function refusalEntry(open: OpenCall, error: ChaperoneError, at: Date): NewAuditEntry {
  return {
    ...base(open, at),
    kind: 'call.decision',
    verdict: 'deny',
    code: error.code,
    arguments: redact(open.request.args),
    detail: {
      why: error.message,
      dryRun: open.request.dryRun,
      reason: open.request.reason ?? null,
      keyId: open.principal.keyId,
      ...(open.undoes === undefined ? {} : { undoOf: open.undoes.callId }),
    },
  };
}
