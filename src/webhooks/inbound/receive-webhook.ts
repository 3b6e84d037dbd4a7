import type { Actor, NewAuditEntry } from '../../audit/audit-entry.js';
import type { AuditLog } from '../../audit/audit-log.js';
import type { CallAnswer, Submission } from '../../execution/submit-call.js';
import type { AgentStore } from '../../identity/agents/agent-store.js';
import { whyRefused } from '../../identity/agents/standing.js';
import type { IncomingRequest, LoadPrincipal } from '../../identity/authenticate.js';
import { actorOf, type Principal } from '../../identity/principal.js';
import type { Refused } from '../../identity/refusal-log.js';
import { publicTarget } from '../../identity/signatures/index.js';
import { unixSeconds, type Clock } from '../../kernel/clock.js';
import { ChaperoneError } from '../../kernel/errors.js';
import type { CallId } from '../../kernel/ids.js';
import type { InTransaction } from '../../kernel/in-transaction.js';
import type { Json, JsonObject } from '../../kernel/json.js';
import { parseStrictJsonBytes } from '../../kernel/strict-json.js';
import { mapPayload } from './mapping.js';
import type { WebhookSource } from './source.js';
import { isGenuineWebhook, isTimely, readWebhookHeaders, type WebhookHeaders } from '../standard-webhooks.js';
import { answerForSender, refusalForSender, type SenderAnswer } from './sender-view.js';
import type { KnownSource } from './known-source.js';

export interface ReceiveDeps {
  /** The source with its live secrets; for a name that nobody has, nothing, in the same time. */
  readonly findSource: (name: string) => Promise<KnownSource>;
  readonly agents: Pick<AgentStore, 'get'>;
  readonly loadPrincipal: LoadPrincipal;
  readonly submitCall: (submission: Submission) => Promise<CallAnswer>;
  readonly newCallId: () => CallId;
  /** Writes down that an agent may not act, once for many messages (identity/refusal-log.ts). */
  readonly writeRefusal: (refused: Refused) => Promise<void>;
  readonly inTransaction: InTransaction<{ readonly audit: AuditLog }>;
  readonly clock: Clock;
  readonly publicUrl: URL;
}

export type ReceiveWebhook = (name: string, request: IncomingRequest) => Promise<SenderAnswer>;

/**
 * A message of an outside system: signature over the raw bytes first, then its time, then its content; then the call that its source is bound
 * to, decided and run like every other call of that agent. The idempotency key is the message's id, so a message that is
 * delivered again, to whichever replica, gets the first answer and does nothing.
 *
 * @throws signature_missing, signature_invalid, signature_stale, request_malformed, unsupported_media_type, what an agent that
 * may not act is refused with, and what a call is refused with, without its findings
 */
export function makeReceiveWebhook(deps: ReceiveDeps): ReceiveWebhook {
  return async (name, request) => {
    const { headers, source } = await verified(deps, name, request);
    try {
      const payload = payloadOf(request);
      const principal = await senderOf(deps, source, request.ip);
      const message = { source, headers, principal, callId: deps.newCallId() };
      const args = await mapped(deps, message, payload);
      return answerForSender(await deps.submitCall(submission(message, args)));
    } catch (error) {
      throw error instanceof ChaperoneError ? refusalForSender(error) : error;
    }
  };
}

/** Unknown source, paused source and wrong signature are one refusal, after the same work. */
async function verified(
  { findSource, clock, publicUrl }: ReceiveDeps,
  name: string,
  request: IncomingRequest,
): Promise<{ readonly headers: WebhookHeaders; readonly source: WebhookSource }> {
  const hosts = request.rawHeaders.filter(([header]) => header.toLowerCase() === 'host');
  const placed = publicTarget(publicUrl, request.rawTarget, hosts.length === 1 ? hosts[0]?.[1] : undefined);
  if (!placed.ok) throw new ChaperoneError(placed.code, { detail: placed.detail });
  const reading = readWebhookHeaders(request.rawHeaders);
  if (!reading.ok) throw new ChaperoneError(reading.code, { detail: reading.detail });
  const { headers } = reading;
  const { source, secrets, stranger } = await findSource(name);
  const isGenuine = isGenuineWebhook(headers, request.body, secrets, stranger);
  if (source === undefined || !isGenuine) throw new ChaperoneError('signature_invalid');
  if (!isTimely(headers, unixSeconds(clock.now()))) throw new ChaperoneError('signature_stale');
  return { headers, source };
}

/** @throws unsupported_media_type, request_malformed */
function payloadOf({ rawHeaders, body }: IncomingRequest): Json {
  const types = rawHeaders.filter(([name]) => name.toLowerCase() === 'content-type').map(([, value]) => value);
  const [type = ''] = types;
  if (types.length !== 1 || !/^application\/(?:[a-z0-9.+-]+\+)?json\s*(?:;\s*charset\s*=\s*"?utf-8"?\s*)?$/i.test(type))
    throw new ChaperoneError('unsupported_media_type', { detail: 'The body must be application/json in UTF-8.' });
  const parsed = parseStrictJsonBytes(body);
  if (!parsed.ok) throw new ChaperoneError('request_malformed', { detail: parsed.detail });
  return parsed.value;
}

/**
 * The source's agent and its account as they are now, if they may act at all: what an agent's own request is asked before its call is looked at.
 * @throws credentials_invalid when one of them is gone, agent_suspended, agent_expired, address_refused, capability_missing
 */
async function senderOf(deps: ReceiveDeps, source: WebhookSource, ip: string | null): Promise<Principal> {
  const { agentId } = source;
  const agent = await deps.agents.get(agentId);
  const who = { credential: 'webhook', keyId: null, ip } as const;
  const principal = agent && (await deps.loadPrincipal({ userId: agent.userId, ...who }));
  if (agent === undefined || principal === undefined) {
    const gone = new ChaperoneError('credentials_invalid', { cause: `the agent ${agentId} or its user is gone` });
    return turnAway(deps, source, { userId: null, agentId, credential: 'webhook', ip }, gone);
  }
  const refused = whyRefused(agent, undefined, { now: deps.clock.now(), ip });
  if (refused !== undefined)
    return turnAway(deps, source, actorOf(principal), new ChaperoneError(refused.code, { detail: refused.detail }));
  if (!principal.capabilities.has('ai_agent_execute_tool'))
    return turnAway(deps, source, actorOf(principal), new ChaperoneError('capability_missing'));
  return principal;
}

/**
 * In the log before it is answered, as `auth.refused`, and not once for each message: who holds the secret of a source whose agent may
 * not act can't fill the log with it.
 */
async function turnAway(
  { writeRefusal }: ReceiveDeps,
  { name }: WebhookSource,
  actor: Actor,
  refused: ChaperoneError,
): Promise<never> {
  await written(writeRefusal({ actor, keyId: null, code: refused.code, detail: { webhook: { source: name } } }));
  throw refused;
}

interface Message {
  readonly source: WebhookSource;
  readonly headers: WebhookHeaders;
  readonly principal: Principal;
  readonly callId: CallId;
}

/** The arguments that the payload makes, or the refusal once its entry is committed. @throws args_invalid */
async function mapped({ inTransaction, clock }: ReceiveDeps, message: Message, payload: Json): Promise<JsonObject> {
  const found = mapPayload(message.source.mapping, payload);
  if (found.ok) return found.args;
  const { callId } = message;
  const refused = new ChaperoneError('args_invalid', { detail: found.detail, members: { callId } });
  const entry = refusalOf(message, refused, clock.now());
  await written(inTransaction(({ audit }) => audit.append([entry])));
  throw refused;
}

/**
 * The key begins with a space, which no `Idempotency-Key` of a request can: an agent can't spend a message's id before it comes.
 * It is one for all times, not for five minutes, as long as calls are kept.
 */
const submission = ({ source, headers, principal, callId }: Message, args: JsonObject): Submission => ({
  callId,
  principal,
  agentId: source.agentId,
  request: { tool: source.tool, args, dryRun: false, reason: `Webhook ${source.name}, message ${headers.id}` },
  idempotencyKey: ` webhook ${source.name} ${headers.id}`,
});

/** A verified source of an agent that may act is somebody, so its refusal stands in the log like that of any other call. */
function refusalOf({ source, headers, principal, callId }: Message, refused: ChaperoneError, at: Date): NewAuditEntry {
  const { name, tool } = source;
  return {
    kind: 'call.decision',
    at,
    actor: actorOf(principal),
    callId,
    tool,
    verdict: 'deny',
    code: refused.code,
    detail: { why: refused.message, webhook: { source: name, id: headers.id } },
  };
}

/** @throws audit_unavailable */
async function written(writing: Promise<unknown>): Promise<void> {
  try {
    await writing;
  } catch (cause) {
    throw new ChaperoneError('audit_unavailable', { cause });
  }
}
