import type { AgentStore } from '../identity/agents/agent-store.js';
import type { LoadPrincipal } from '../identity/authenticate.js';
import type { Principal } from '../identity/principal.js';
import type { Clock } from '../kernel/clock.js';
import { ChaperoneError } from '../kernel/errors.js';
import { parseWpUserId, type AgentId, type WpUserId } from '../kernel/ids.js';
import { isJsonObject, type JsonObject } from '../kernel/json.js';
import type { Asker, CallProblem, ImaginedCall, ImaginedFacts, ImagineFacts } from '../policy-versions/test-policy.js';
import { prepare } from './prepare-call.js';
import type { PreparedCall } from './tool.js';
import { processReply } from './wordpress/process-replies.js';
import type { WpClient } from './wordpress/wp-client.js';

export interface ImagineDeps {
  readonly wordpress: WpClient;
  readonly loadPrincipal: LoadPrincipal;
  readonly findUser: (login: string) => Promise<WpUserId | undefined>;
  readonly agents: Pick<AgentStore, 'get'>;
  readonly siteTimeZone: () => Promise<string>;
  readonly clock: Clock;
}

/** How many calls of one batch are looked into at a time. */
const AT_ONCE = 8;

/** The target as it was shown, or why it wasn't. */
type Seen = { readonly before: JsonObject } | { readonly note: string };
type Look = (call: PreparedCall, userId: WpUserId) => Promise<Seen>;

/**
 * Facts for calls that nobody made. Roles come from the shared tables as they are now. A target is read as whoever
 * asks, so that a test never tells more of a post than WordPress would; what isn't shown is left open, with a note.
 */
export function makeImagineFacts(deps: ImagineDeps): ImagineFacts {
  return async (calls, asker) => {
    const siteTimeZone = await deps.siteTimeZone();
    const look = lookOnce(deps.wordpress);
    const imagined: (ImaginedFacts | CallProblem)[] = [];
    for (let from = 0; from < calls.length; from += AT_ONCE) {
      const batch = calls.slice(from, from + AT_ONCE);
      imagined.push(...(await Promise.all(batch.map((call) => imagine(deps, { call, asker, siteTimeZone, look })))));
    }
    return imagined;
  };
}

interface Imagining {
  readonly call: ImaginedCall;
  readonly asker: Asker;
  readonly siteTimeZone: string;
  readonly look: Look;
}

async function imagine(
  deps: ImagineDeps,
  { call, asker, siteTimeZone, look }: Imagining,
): Promise<ImaginedFacts | CallProblem> {
  try {
    const prepared = prepare({ tool: call.tool, args: call.args, dryRun: true });
    const subject = await subjectOf(deps, call, asker);
    const seen = prepared.target === undefined ? undefined : await look(prepared, asker.userId ?? subject.userId);
    const before = seen !== undefined && 'before' in seen ? seen.before : undefined;
    const { name, effect } = prepared.tool;
    const { agentId, userId, login, roles, ip } = subject;
    return {
      ok: true,
      call: { tool: name, args: prepared.judged, ...(call.mode === undefined ? {} : { mode: call.mode }) },
      facts: {
        now: call.at ?? deps.clock.now(),
        siteTimeZone,
        subject: { agentId, userId, login, roles, ip },
        entities: prepared.entities(before),
        tool: { name, effect },
      },
      notes: [...(seen !== undefined && 'note' in seen ? [seen.note] : []), ...lacking(prepared, subject)],
    };
  } catch (error) {
    if (!(error instanceof ChaperoneError)) throw error;
    return problemOf(error);
  }
}

/** What is wrong with this call alone. A database that is out of reach is wrong with all of them. */
function problemOf(error: ChaperoneError): CallProblem {
  if (error.code !== 'tool_unknown' && error.code !== 'args_invalid' && error.code !== 'not_found') throw error;
  const problems = error.extras.members?.['problems'] as CallProblem['problems'];
  return { ok: false, code: error.code, detail: error.message, ...(problems === undefined ? {} : { problems }) };
}

/** The imagined caller: the agent's account, the user named, or else whoever asks. @throws not_found, args_invalid */
async function subjectOf(deps: ImagineDeps, { user, agent, ip }: ImaginedCall, asker: Asker): Promise<Principal> {
  const bound = agent === undefined ? undefined : await accountOf(deps, agent);
  const named = user === undefined ? undefined : await userOf(deps, user);
  if (bound !== undefined && named !== undefined && bound !== named)
    throw new ChaperoneError('args_invalid', {
      detail: `The agent ${agent ?? ''} acts as user ${bound}, not as ${user ?? ''}.`,
    });
  const userId = bound ?? named ?? asker.userId;
  if (userId === null)
    throw new ChaperoneError('args_invalid', { detail: 'Name the user or the agent who is to make this call.' });
  const address = ip ?? (userId === asker.userId ? asker.ip : null);
  const principal = await deps.loadPrincipal({ userId, credential: 'bridge', keyId: null, ip: address });
  if (principal === undefined) throw new ChaperoneError('not_found', { detail: `There is no user ${user ?? userId}.` });
  return principal;
}

async function accountOf({ agents }: ImagineDeps, agent: AgentId): Promise<WpUserId> {
  const found = await agents.get(agent);
  if (found === undefined) throw new ChaperoneError('not_found', { detail: `There is no agent ${agent}.` });
  return found.userId;
}

/** Digits are an id; a login of digits alone can be named by its id. */
async function userOf({ findUser }: ImagineDeps, user: string | WpUserId): Promise<WpUserId> {
  const id = parseWpUserId(user) ?? (typeof user === 'string' ? await findUser(user) : undefined);
  if (id === undefined) throw new ChaperoneError('not_found', { detail: `There is no user ${user}.` });
  return id;
}

/** Each target is read once for a batch, by the same reader. */
function lookOnce(wordpress: WpClient): Look {
  const seen = new Map<string, Promise<Seen>>();
  return (call, userId) => {
    const key = JSON.stringify([userId, call.target]);
    const known = seen.get(key) ?? read(wordpress, call, userId);
    seen.set(key, known);
    return known;
  };
}

async function read(wordpress: WpClient, { target }: PreparedCall, userId: WpUserId): Promise<Seen> {
  if (target === undefined) return { note: '' };
  const outcome = processReply(await wordpress.send({ method: 'GET', ...target.read, actingUser: userId }));
  if (outcome.kind === 'done' && isJsonObject(outcome.body)) return { before: outcome.body };
  const what = `${target.type}${target.id === undefined ? '' : ` ${target.id}`}`;
  const why = outcome.kind === 'refused' ? `WordPress says ${outcome.error.code}` : "WordPress couldn't be asked";
  return { note: `What ${what} is now isn't known (${why}); decided by what the arguments say.` };
}

/** What WordPress would refuse whatever the policy says, as far as the shared tables tell. */
function lacking({ needs }: PreparedCall, { userId, capabilities }: Principal): readonly string[] {
  return needs
    .filter(
      ({ objects, ofTheSite, exceptUser, capability }) =>
        objects.length === 0 && ofTheSite !== true && exceptUser !== userId && !capabilities.has(capability),
    )
    .map(({ capability }) => `WordPress itself would refuse this: the user lacks ${capability}.`);
}
