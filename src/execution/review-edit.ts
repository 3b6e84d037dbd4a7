import type { ReviewEdit } from '../approvals/approve.js';
import { asksMore } from '../approvals/asks.js';
import { covers, needOf } from '../approvals/need.js';
import { canonicalJson } from '../kernel/canonical-json.js';
import { ChaperoneError } from '../kernel/errors.js';
import type { JsonObject } from '../kernel/json.js';
import type { DecideCall } from './decide-call.js';
import { prepare, type CheckCall } from './prepare-call.js';
import { requesterNow, type RecheckDeps } from './recheck-approved.js';
import { fromShown } from './shown-args.js';
import { refusalOf } from './submit-call.js';
import type { PreparedCall } from './tool.js';

/** What the call is about: where it is read, and what it touches, whatever would become of it. */
const targetOf = (call: PreparedCall): string =>
  canonicalJson([
    call.target?.read.route ?? call.survey?.read.route ?? null,
    call.entities(undefined).map((each) => (each.kind === 'existing' ? [each.type, each.id ?? null] : [each.type])),
  ]);

/**
 * Edited arguments pass everything that the agent's own passed: schema, the agent's rights, policy. They stay with
 * the same target, whose state people were shown, and may not lead to a call that wants more approvals than this one, or to which more rules object.
 * @throws args_invalid, capability_missing, approval_not_eligible, approval_stale, policy_*, upstream_unavailable
 */
export function makeReviewEdit(
  deps: Pick<RecheckDeps, 'agents' | 'loadPrincipal' | 'clock'> & {
    readonly checkCall: CheckCall;
    readonly decideCall: DecideCall;
  },
): ReviewEdit {
  return async (approval, args) => {
    const agent = await requesterNow(deps, approval, deps.clock.now());
    if (typeof agent === 'string') throw new ChaperoneError('agent_suspended', { detail: agent });
    const { tool, effective } = approval;
    const edited = prepare({ tool, args: fromShown(tool, args, effective), dryRun: false });
    if (targetOf(edited) !== targetOf(prepare({ tool, args: effective, dryRun: false }))) {
      throw new ChaperoneError('args_invalid', { detail: 'An edit keeps to the target that was asked for.' });
    }
    const decision = await deps.decideCall(await deps.checkCall(edited, agent), agent);
    if (decision.effect === 'deny') throw refusalOf(decision);
    if (decision.effect === 'ask' && approval.kind === 'approval') {
      if (!covers(approval.need.steps, needOf(decision).steps) || asksMore(approval.findings, decision)) {
        throw new ChaperoneError('approval_not_eligible', {
          detail:
            'With these arguments other rules would ask, or for other approvals; let the agent send it as a call of its own.',
        });
      }
    }
    return JSON.parse(JSON.stringify(edited.args)) as JsonObject;
  };
}
