import type { Principal } from '../identity/principal.js';
import { ChaperoneError } from '../kernel/errors.js';
import type { JsonObject } from '../kernel/json.js';
import type { CallRequest } from './call.js';
import { findTool } from './tools/index.js';
import { requireToolScope } from './tool-scope.js';
import type { CapabilityNeed, PreparedCall } from './tool.js';
import { expectObject, processReply, readBody, type WpOutcome } from './wordpress/process-replies.js';
import type { WpClient } from './wordpress/wp-client.js';

/** Asks WordPress about one user and one object; only WordPress knows its post types, owners and filters. */
export interface ObjectCapabilities {
  ask(question: {
    readonly userId: number;
    readonly capability: string;
    readonly objects: readonly number[];
  }): Promise<boolean>;
}

/** A call that fits its schema, by a user who may make it, with its target as it is now. */
export interface CheckedCall {
  readonly call: PreparedCall;
  readonly before: JsonObject | undefined;
}

/** The tool and its arguments. @throws tool_unknown, args_invalid */
export function prepare(request: CallRequest): PreparedCall {
  const tool = findTool(request.tool);
  if (tool === undefined) {
    throw new ChaperoneError('tool_unknown', { detail: `There is no tool "${request.tool.slice(0, 100)}".` });
  }
  const prepared = tool.prepare(request.args);
  if (prepared.ok) return prepared.call;
  const [first] = prepared.problems;
  throw new ChaperoneError('args_invalid', {
    detail: first === undefined ? 'The arguments are invalid.' : `args${first.pointer}: ${first.message}`,
    members: { problems: prepared.problems },
  });
}

function missing(need: CapabilityNeed): ChaperoneError {
  const about = need.objects.length > 0 ? ` for ${need.objects.join(', ')}` : '';
  return new ChaperoneError('capability_missing', {
    detail: `The user lacks the WordPress capability ${need.capability}${about}.`,
    members: { unlock: { capability: need.capability } },
  });
}

/** Reads the target as the acting user. Nothing there is `not_found`; not being shown it is a missing capability. */
function targetOf(outcome: WpOutcome, call: PreparedCall): JsonObject {
  if (outcome.kind !== 'refused') return expectObject(readBody(outcome));
  const { status } = outcome.error;
  const what = `${call.target?.type ?? 'object'} ${call.target?.id ?? ''}`.trim();
  if (status === 404 || status === 410) throw new ChaperoneError('not_found', { detail: `There is no ${what} here.` });
  if (status === 401 || status === 403) {
    throw new ChaperoneError('capability_missing', { detail: `WordPress doesn't show ${what} to this user.` });
  }
  return expectObject(readBody(outcome));
}

/**
 * Section 6, step 5: what the shared tables can tell is told by them; what depends on an object is asked of WordPress,
 * while the target is being read. A target that isn't there is reported only to who may know.
 *
 * @throws insufficient_scope, capability_missing, not_found, args_invalid, upstream_unavailable
 */
export function makeCheckCall(deps: { readonly wordpress: WpClient; readonly objects: ObjectCapabilities }) {
  return async (call: PreparedCall, principal: Principal): Promise<CheckedCall> => {
    requireToolScope(principal, call.tool.name);
    const primitive = call.needs.find(
      ({ capability, objects, exceptUser }) =>
        objects.length === 0 && exceptUser !== principal.userId && !principal.capabilities.has(capability),
    );
    if (primitive !== undefined) throw missing(primitive);
    const { target } = call;
    const reading =
      target === undefined
        ? undefined
        : deps.wordpress.send({ method: 'GET', ...target.read, actingUser: principal.userId });
    const asking = call.needs
      .filter(({ objects }) => objects.length > 0)
      .map(async (need) => ({ need, granted: await deps.objects.ask({ userId: principal.userId, ...need }) }));
    const [reply, answers] = await Promise.all([reading, Promise.all(asking)]);
    const before = reply === undefined ? undefined : targetOf(processReply(reply), call);
    const refused = answers.find(({ granted }) => !granted);
    if (refused !== undefined) throw missing(refused.need);
    const unfit = before === undefined ? undefined : call.expects(before);
    if (unfit !== undefined) throw new ChaperoneError('args_invalid', { detail: unfit });
    return { call, before };
  };
}

export type CheckCall = ReturnType<typeof makeCheckCall>;
