import { isComplete, type Approval } from '../approvals/approval.js';
import { asksMore } from '../approvals/asks.js';
import { isGenuine, type Seal } from '../approvals/binding.js';
import { needOf, stricterThan } from '../approvals/need.js';
import type { Stale, StaleReason } from '../approvals/resolve.js';
import type { LoadPresent } from '../approvals/voters.js';
import { dropForged, recheck as recheckVotes } from '../approvals/voting.js';
import type { AgentStore } from '../identity/agents/agent-store.js';
import type { LoadPrincipal } from '../identity/authenticate.js';
import type { Principal } from '../identity/principal.js';
import { canonicalJson } from '../kernel/canonical-json.js';
import type { Clock } from '../kernel/clock.js';
import { ChaperoneError, type ErrorCode } from '../kernel/errors.js';
import type { Decision } from '../policy/decision.js';
import type { Mode } from '../policy/document.js';
import { visibleDecision, type DecideCall } from './decide-call.js';
import { prepare, type CheckCall, type CheckedCall } from './prepare-call.js';
import { changedFields, targetState } from './target-state.js';
import type { PreparedCall } from './tool.js';

export type Again =
  | { readonly ok: true; readonly checked: CheckedCall; readonly decision: Decision; readonly principal: Principal }
  | { readonly ok: false; readonly why: StaleReason };

/** `applier`: the person who carries out a suggestion; null for an approved call, which runs as its agent's own user. */
export type Recheck = (approval: Approval, applier: Principal | null) => Promise<Again>;

export interface RecheckDeps {
  readonly agents: Pick<AgentStore, 'get'>;
  readonly loadPrincipal: LoadPrincipal;
  readonly loadPresent: LoadPresent;
  readonly seal: Seal;
  readonly checkCall: CheckCall;
  readonly decideCall: DecideCall;
  readonly killSwitch: () => Promise<void>;
  readonly clock: Clock;
}

/** What is refused for these reasons has changed since it was asked; every other failure may pass and is handed on. */
const WHAT: Partial<Record<ErrorCode, Stale['what']>> = {
  kill_switch_on: 'kill_switch',
  tool_unknown: 'arguments',
  args_invalid: 'arguments',
  capability_missing: 'capability',
  policy_tool_denied: 'agent',
  not_found: 'target',
  policy_missing: 'policy',
  policy_evaluation_failed: 'policy',
};

const stale = (what: Stale['what'], detail: string, findings?: readonly object[]): Again => ({
  ok: false,
  why: { changed: [{ what, detail }], ...(findings === undefined ? {} : { findings }) },
});

/** The agent as it is now, with the credential and address of its request, which rules may ask for. */
export async function requesterNow(
  deps: Pick<RecheckDeps, 'agents' | 'loadPrincipal'>,
  { requester }: Approval,
  now: Date,
): Promise<Principal | string> {
  const { agentId, userId, credential, keyId, ip } = requester;
  const [agent, principal] = await Promise.all([
    deps.agents.get(agentId),
    deps.loadPrincipal({ userId, credential, keyId, ip }),
  ]);
  if (agent?.state !== 'active') return 'The agent is suspended or gone.';
  if (agent.expiresAt !== undefined && now >= agent.expiresAt) return 'The agent’s time is over.';
  if (agent.userId !== userId || principal?.agentId !== agentId) return 'The agent has another account now.';
  if (!principal.capabilities.has('ai_agent_execute_tool')) return 'The agent may no longer execute tools.';
  return principal;
}

/** The mode under which it was asked, so that a suggestion stays one. */
const modeOf = ({ kind }: Approval): Mode | undefined => (kind === 'suggestion' ? 'suggest' : undefined);

function ofTarget(approval: Approval, checked: CheckedCall): Again | undefined {
  const now = targetState(checked);
  if ((now?.digest ?? null) === approval.targetDigest) return undefined;
  const fields = changedFields(approval.before, now?.fields ?? null);
  return stale(
    'target',
    `The ${approval.target ?? 'target'} was changed meanwhile${fields.length === 0 ? '' : ` (${fields.join(', ')})`}.`,
  );
}

/** What people voted on: not what the policy now only suggests, and no objection that they weren't shown. */
function ofAsks(approval: Approval, decision: Decision, isWrite: boolean, now: Date): string | undefined {
  if (approval.kind === 'suggestion') {
    return decision.mode === 'suggest' ? undefined : 'The policy now asks for approvals of this change.';
  }
  if (isWrite && decision.mode === 'suggest') return 'The policy now keeps such a change as a suggestion.';
  if (asksMore(approval.findings, decision)) return 'A rule asks now that did not when the call was held.';
  return stricterThan(approval, needOf(decision), now);
}

function ofPolicy(
  approval: Approval,
  { call, decision }: { readonly call: PreparedCall; readonly decision: Decision },
  now: Date,
): Again | undefined {
  if (decision.effect === 'deny') {
    const findings = visibleDecision(decision)['findings'] as readonly object[];
    return stale('policy', decision.findings[0]?.message ?? 'The policy refuses this now.', findings);
  }
  if (decision.effect === 'allow') return undefined;
  const stricter = ofAsks(approval, decision, call.tool.effect === 'write', now);
  return stricter === undefined ? undefined : stale('policy', stricter);
}

/** Votes of people who may still vote; a suggestion has none. */
async function ofVotes(deps: RecheckDeps, approval: Approval, now: Date): Promise<Again | undefined> {
  if (approval.kind === 'suggestion') return undefined;
  const present = await deps.loadPresent(approval);
  const genuine = dropForged(approval, (vote) => isGenuine(approval.id, vote, deps.seal), now).approval;
  return isComplete(recheckVotes(genuine, present, now).approval)
    ? undefined
    : stale('votes', 'Somebody who approved may no longer do so.');
}

/**
 * Whether an approved call is still what people approved: agent, arguments, rights, target, policy and votes, all read
 * anew. The policy always decides again, since hours and rules may have changed.
 * @throws upstream_unavailable, database_unavailable
 */
export function makeRecheck(deps: RecheckDeps): Recheck {
  const everything = async (approval: Approval): Promise<Again> => {
    await deps.killSwitch();
    const agent = await requesterNow(deps, approval, deps.clock.now());
    if (typeof agent === 'string') return stale('agent', agent);
    const call = prepare({ tool: approval.tool, args: approval.effective, dryRun: false });
    if (canonicalJson(call.args) !== canonicalJson(approval.effective)) {
      return stale('arguments', 'The tool reads these arguments otherwise now.');
    }
    const checked = await deps.checkCall(call, agent);
    const target = ofTarget(approval, checked);
    if (target !== undefined) return target;
    const decision = await deps.decideCall(checked, agent, modeOf(approval));
    const now = deps.clock.now();
    const refused = ofPolicy(approval, { call, decision }, now) ?? (await ofVotes(deps, approval, now));
    if (refused !== undefined) return refused;
    return { ok: true, checked, decision, principal: agent };
  };
  const agentsSide = async (approval: Approval): Promise<Again> => {
    try {
      return await everything(approval);
    } catch (error) {
      const what = error instanceof ChaperoneError ? WHAT[error.code] : undefined;
      if (what === undefined || !(error instanceof Error)) throw error;
      return stale(what, error.message);
    }
  };
  return async (approval, applier) => {
    const again = await agentsSide(approval);
    if (!again.ok || applier === null) return again;
    // What the person lacks is said to that person; the suggestion stays for somebody else.
    const checked = await deps.checkCall(again.checked.call, applier);
    return { ...again, checked, principal: applier };
  };
}
