import { mayEverCall } from '../identity/agents/standing.js';
import type { Principal } from '../identity/principal.js';
import { ChaperoneError } from '../kernel/errors.js';
import type { JsonObject } from '../kernel/json.js';
import type { CallRequest } from './call.js';
import { findTool } from './tools/index.js';
import { requireToolScope } from './tool-scope.js';
import type { CapabilityNeed, PreparedCall, ReadyCall, Target } from './tool.js';
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
  readonly call: ReadyCall;
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

/** The agent's own list, which its administrator made; the policy isn't asked. */
const notGranted = (tool: string): ChaperoneError =>
  new ChaperoneError('policy_tool_denied', {
    detail: `This agent may never call ${tool}: it isn't among the tools that an administrator gave it.`,
    members: { unlock: { administrator: 'ai_agent_manage_agents' } },
  });

const nameOf = ({ type, id }: Target): string => `${type} ${id ?? ''}`.trim();

/** What the acting user is shown. Nothing there is `not_found`; not being shown it is a missing capability. */
function shown(outcome: WpOutcome, what: string): JsonObject {
  if (outcome.kind !== 'refused') return expectObject(readBody(outcome));
  const { status } = outcome.error;
  if (status === 404 || status === 410) throw new ChaperoneError('not_found', { detail: `There is no ${what} here.` });
  if (status === 401 || status === 403) {
    throw new ChaperoneError('capability_missing', { detail: `WordPress doesn't show ${what} to this user.` });
  }
  return expectObject(readBody(outcome));
}

/** Told by the shared tables; the rest is asked of WordPress. */
const isPrimitive = ({ objects, ofTheSite }: CapabilityNeed): boolean => objects.length === 0 && ofTheSite !== true;

function requirePrimitive(needs: readonly CapabilityNeed[], { userId, capabilities }: Principal): void {
  const lacking = needs.find(
    (each) => isPrimitive(each) && each.exceptUser !== userId && !capabilities.has(each.capability),
  );
  if (lacking !== undefined) throw missing(lacking);
}

/** The call with everything known: where the site has to be asked about itself first, it is asked as the acting user. */
async function complete(wordpress: WpClient, call: PreparedCall, { userId }: Principal): Promise<ReadyCall> {
  if (call.survey === undefined) return call;
  const { what, read } = call.survey;
  const seen = shown(processReply(await wordpress.send({ method: 'GET', ...read, actingUser: userId })), what);
  const known = call.survey.complete(seen);
  if (typeof known === 'string') throw new ChaperoneError('args_invalid', { detail: known });
  return known;
}

/**
 * Section 6, step 5: what the shared tables can tell is told by them; what depends on an object is asked of WordPress,
 * while the target is being read. A target that isn't there is reported only to who may know.
 *
 * @throws insufficient_scope, policy_tool_denied, capability_missing, not_found, args_invalid, upstream_unavailable
 */
export function makeCheckCall(deps: { readonly wordpress: WpClient; readonly objects: ObjectCapabilities }) {
  return async (prepared: PreparedCall, principal: Principal): Promise<CheckedCall> => {
    const { userId } = principal;
    requireToolScope(principal, prepared.tool.name);
    if (!mayEverCall(principal.agentTools, prepared.tool.name)) throw notGranted(prepared.tool.name);
    requirePrimitive(prepared.needs, principal);
    const call = await complete(deps.wordpress, prepared, principal);
    requirePrimitive(call.needs, principal);
    const { target } = call;
    const reading =
      target === undefined ? undefined : deps.wordpress.send({ method: 'GET', ...target.read, actingUser: userId });
    const asking = call.needs
      .filter((each) => !isPrimitive(each))
      .map(async (each) => ({ need: each, granted: await deps.objects.ask({ userId, ...each }) }));
    const [reply, answers] = await Promise.all([reading, Promise.all(asking)]);
    const before = reply === undefined || target === undefined ? undefined : shown(processReply(reply), nameOf(target));
    const refused = answers.find(({ granted }) => !granted);
    if (refused !== undefined) throw missing(refused.need);
    const unfit = before === undefined ? undefined : call.expects(before);
    if (unfit !== undefined) throw new ChaperoneError('args_invalid', { detail: unfit });
    return { call, before };
  };
}

export type CheckCall = ReturnType<typeof makeCheckCall>;
