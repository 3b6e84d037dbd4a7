import { z } from 'zod';
import { AGENT_NAME, isAgentName, type Agent } from '../../identity/agents/agent.js';
import type { AgentChanges, AgentStore } from '../../identity/agents/agent-store.js';
import { checkBounds } from '../../identity/agents/bounds.js';
import type { CreateAgent } from '../../identity/agents/create-agent.js';
import type { IssuePassword } from '../../identity/agents/issue-password.js';
import { checkKeyRequest } from '../../identity/agents/make-key.js';
import { noSuchAgent, type DeleteAgent, type UpdateAgent } from '../../identity/agents/manage-agents.js';
import type { ReadNames } from '../../identity/names.js';
import { actorOf } from '../../identity/principal.js';
import { ChaperoneError } from '../../kernel/errors.js';
import { parseAgentId, parseWpUserId, type AgentId, type WpUserId } from '../../kernel/ids.js';
import type { JsonObject } from '../../kernel/json.js';
import type { Secret } from '../../kernel/secret.js';
import { guarded, type GuardedRoute } from '../route.js';
import {
  agentBounds,
  agentIdIn,
  isWhole,
  keyBounds,
  keyRequestOf,
  sentBounds,
  showAgent,
  signing,
  WHOLE,
} from './agent-view.js';

/** A service account that the bridge made for an agent. */
export interface ServiceAccount {
  readonly userId: WpUserId;
  readonly login: string;
  /** Null when none was asked for. */
  readonly applicationPassword: Secret<string> | null;
}

export interface AgentRouteDeps {
  readonly agents: Pick<AgentStore, 'get' | 'list'>;
  readonly readNames: ReadNames;
  readonly createAgent: CreateAgent;
  readonly updateAgent: UpdateAgent;
  readonly deleteAgent: DeleteAgent;
  readonly issuePassword: IssuePassword;
  readonly createAccount: (account: {
    login: string;
    displayName: string;
    applicationPassword: boolean;
  }) => Promise<ServiceAccount | undefined>;
  readonly userExists: (id: WpUserId) => Promise<boolean>;
  readonly now: () => Date;
}

const name = z.string().trim().min(1).max(190).refine(isAgentName, AGENT_NAME);

const creating = z
  .strictObject({
    name,
    /** An account that is there; otherwise the bridge makes one with `login`. */
    userId: z.int().min(1).optional(),
    login: z.string().trim().min(1).max(60).optional(),
    /** Whether the account that the bridge makes gets an application password of its own. */
    applicationPassword: z.boolean().optional(),
    ...agentBounds,
    key: z
      .strictObject({ ...signing, ...keyBounds })
      .refine(isWhole, WHOLE)
      .prefault({}),
  })
  .refine(({ userId, login }) => userId === undefined || login === undefined, 'give userId or login, not both')
  .refine(
    ({ userId, applicationPassword }) => userId === undefined || applicationPassword !== true,
    'WordPress makes application passwords for accounts that are there',
  );

const changing = z
  .strictObject({
    name: name.optional(),
    state: z.enum(['active', 'suspended']).optional(),
    directUse: z.boolean().optional(),
    ...agentBounds,
  })
  .refine((changes) => Object.keys(changes).length > 0, 'at least one change is needed');

const listing = z.strictObject({
  cursor: z
    .string()
    .transform((given, context): AgentId => {
      const id = parseAgentId(given);
      if (id === undefined) context.addIssue('must be the cursor of the page before');
      return (id ?? '') as AgentId;
    })
    .optional(),
  limit: z
    .string()
    .regex(/^[1-9]\d?$|^1\d\d$|^200$/, 'must be 1 to 200')
    .transform(Number)
    .default(100),
});

const MANAGE = { capability: 'ai_agent_manage_agents' } as const;

export function agentRoutes(deps: AgentRouteDeps): readonly GuardedRoute[] {
  return [...readingRoutes(deps), ...makingRoutes(deps), ...changingRoutes(deps)];
}

/** Agents with the logins of their WordPress users; null where the user is gone. */
async function withLogins({ readNames }: AgentRouteDeps, agents: readonly Agent[]): Promise<readonly JsonObject[]> {
  const { users } = await readNames(agents.map(({ userId }) => ({ agentId: null, userId })));
  return agents.map((agent) => ({ ...showAgent(agent), login: users.get(agent.userId) ?? null }));
}

async function withLogin(deps: AgentRouteDeps, agent: Agent): Promise<JsonObject> {
  const [shown] = await withLogins(deps, [agent]);
  return { ...shown };
}

function readingRoutes(deps: AgentRouteDeps): readonly GuardedRoute[] {
  const { agents } = deps;
  return [
    guarded({
      method: 'get',
      path: '/v1/agents',
      operationId: 'listAgents',
      summary: 'The agents, in the order in which they were made.',
      ...MANAGE,
      access: 'any',
      query: listing,
      responses: { 200: 'a page; nextCursor is null on the last one' },
      async handle({ query: { cursor, limit } }) {
        const page = await agents.list({ limit: limit + 1, ...(cursor === undefined ? {} : { after: cursor }) });
        const items = page.slice(0, limit);
        const nextCursor = page.length > limit ? (items.at(-1)?.id ?? null) : null;
        return { status: 200, body: { items: await withLogins(deps, items), nextCursor } };
      },
    }),
    guarded({
      method: 'get',
      path: '/v1/agents/{id}',
      operationId: 'getAgent',
      summary: 'One agent.',
      ...MANAGE,
      access: 'any',
      responses: { 200: 'the agent' },
      async handle({ params }) {
        const agent = await agents.get(agentIdIn(params));
        if (agent === undefined) throw noSuchAgent();
        return { status: 200, body: await withLogin(deps, agent) };
      },
    }),
  ];
}

/** The account that an agent is bound to: one that is there, or one that the bridge makes. */
async function accountFor(
  deps: AgentRouteDeps,
  body: z.infer<typeof creating>,
): Promise<{ userId: WpUserId; account: JsonObject | null }> {
  const given = parseWpUserId(body.userId);
  if (given !== undefined) {
    if (await deps.userExists(given)) return { userId: given, account: null };
    throw new ChaperoneError('args_invalid', { detail: `There is no WordPress user ${given}.` });
  }
  const made = await deps.createAccount({
    login: body.login ?? 'ai-agent',
    displayName: body.name,
    applicationPassword: body.applicationPassword ?? true,
  });
  if (made === undefined) {
    throw new ChaperoneError('args_invalid', {
      detail: 'This login is taken; choose another, or bind that user by userId.',
    });
  }
  return {
    userId: made.userId,
    account: { login: made.login, applicationPassword: made.applicationPassword?.reveal() ?? null },
  };
}

function makingRoutes(deps: AgentRouteDeps): readonly GuardedRoute[] {
  return [
    guarded({
      method: 'post',
      path: '/v1/agents',
      operationId: 'createAgent',
      summary: 'Binds an agent to a service account and gives it a key; secrets are in this answer and nowhere else.',
      ...MANAGE,
      access: 'bridge',
      body: creating,
      responses: { 201: 'made' },
      async handle({ principal, body }) {
        const bounds = sentBounds(body);
        const { expiresAt, allowedIps } = body.key;
        const request = keyRequestOf(body.key);
        // What can be refused is refused before WordPress makes an account for it.
        for (const each of [bounds, sentBounds({ expiresAt, allowedIps })]) checkBounds(each, deps.now());
        checkKeyRequest(request);
        const { userId, account } = await accountFor(deps, body);
        const made = await deps.createAgent({
          name: body.name,
          userId,
          key: request,
          bounds,
          keyBounds: sentBounds({ expiresAt, allowedIps }),
          actor: actorOf(principal),
        });
        const { keyId: id, algorithm, secret } = made;
        const key = { id, algorithm, state: 'active', secret: secret?.reveal() ?? null };
        return { status: 201, body: { ...showAgent(made.agent), key, account } };
      },
    }),
    guarded({
      method: 'post',
      path: '/v1/agents/{id}/password',
      operationId: 'issuePassword',
      summary: 'A new application password for the account, made by WordPress; it is in this answer and nowhere else.',
      ...MANAGE,
      access: 'bridge',
      body: z.strictObject({ revokeOthers: z.boolean().default(false) }),
      responses: { 201: 'made' },
      async handle({ principal, params, body: { revokeOthers } }) {
        const input = { agentId: agentIdIn(params), revokeOthers, actor: actorOf(principal) };
        const password = await deps.issuePassword(input);
        return { status: 201, body: { applicationPassword: password.reveal(), othersRevoked: revokeOthers } };
      },
    }),
  ];
}

function changingRoutes(deps: AgentRouteDeps): readonly GuardedRoute[] {
  return [
    guarded({
      method: 'patch',
      path: '/v1/agents/{id}',
      operationId: 'updateAgent',
      summary: 'Suspends, resumes, renames or bounds an agent, or lifts the refusal of direct use.',
      ...MANAGE,
      access: 'any',
      body: changing,
      responses: { 200: 'changed' },
      async handle({ principal, params, body }) {
        const changes = Object.fromEntries(
          Object.entries(body).filter(([, value]) => value !== undefined),
        ) as AgentChanges;
        const changed = await deps.updateAgent({ id: agentIdIn(params), changes, actor: actorOf(principal) });
        // It is changed: that its user's name can't be read now is no reason to say otherwise.
        const shown = await withLogin(deps, changed).catch(() => ({ ...showAgent(changed), login: null }));
        return { status: 200, body: shown };
      },
    }),
    guarded({
      method: 'delete',
      path: '/v1/agents/{id}',
      operationId: 'deleteAgent',
      summary: 'Ends an agent with all of its keys and application passwords. Its WordPress account stays.',
      ...MANAGE,
      access: 'any',
      responses: { 200: 'gone' },
      async handle({ principal, params }) {
        const id = agentIdIn(params);
        await deps.deleteAgent({ id, actor: actorOf(principal) });
        return { status: 200, body: { id, deleted: true } };
      },
    }),
  ];
}
