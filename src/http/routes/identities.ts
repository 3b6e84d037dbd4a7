import { z } from 'zod';
import type { IdentityStore } from '../../identity/identities/identity-store.js';
import type { Identity } from '../../identity/identities/identity.js';
import type { AddIdentity, RemoveIdentity } from '../../identity/identities/manage-identities.js';
import { actorOf } from '../../identity/principal.js';
import { parseAuditEntryId, parseWpUserId, type WpUserId } from '../../kernel/ids.js';
import type { JsonObject } from '../../kernel/json.js';
import { guarded, type GuardedRoute } from '../route.js';
import { parsed } from './parsed.js';

export interface IdentityRouteDeps {
  readonly identities: Pick<IdentityStore, 'list'>;
  readonly addIdentity: AddIdentity;
  readonly removeIdentity: RemoveIdentity;
}

const text = z.string().min(1).max(512);
const userId = z
  .int()
  .min(1)
  .transform((id) => id as WpUserId);
const adding = z.strictObject({ issuer: text, subject: text, userId });
const removing = z.strictObject({ issuer: text, subject: text, userId: userId.optional() });

const listing = z.strictObject({
  cursor: z
    .string()
    .transform((given, context) => {
      const id = parseAuditEntryId(given);
      if (id === undefined) context.addIssue('must be the cursor of the page before');
      return Number(id);
    })
    .optional(),
  limit: z
    .string()
    .regex(/^[1-9]\d?$|^1\d\d$|^200$/, 'must be 1 to 200')
    .transform(Number)
    .default(100),
  userId: parsed(parseWpUserId, 'must be a WordPress user id').optional(),
});

const shown = ({ issuer, subject, userId: user, createdAt }: Identity): JsonObject => ({
  issuer,
  subject,
  userId: user,
  createdAt: createdAt.toISOString(),
});

const MANAGE = { access: 'any', capability: 'ai_agent_manage_agents' } as const;

/** /v1/identities: which subjects of the authorization server are which WordPress users. */
export function identityRoutes(deps: IdentityRouteDeps): readonly GuardedRoute[] {
  return [
    guarded({
      method: 'get',
      path: '/v1/identities',
      operationId: 'listIdentities',
      summary: 'Which subjects of the authorization server act as which WordPress users, oldest first.',
      ...MANAGE,
      query: listing,
      responses: { 200: 'a page; nextCursor is null on the last one' },
      async handle({ query: { cursor, limit, userId: user } }) {
        const { items, next } = await deps.identities.list({
          limit,
          ...(cursor === undefined ? {} : { after: cursor }),
          ...(user === undefined ? {} : { userId: user }),
        });
        return { status: 200, body: { items: items.map(shown), nextCursor: next === null ? null : String(next) } };
      },
    }),
    guarded({
      method: 'post',
      path: '/v1/identities',
      operationId: 'addIdentity',
      summary: 'Binds a subject to a WordPress user; its tokens act as that user from now on.',
      ...MANAGE,
      body: adding,
      stepUp: true,
      responses: { 200: 'was bound so already', 201: 'bound' },
      async handle({ principal, body }) {
        const { capabilities } = principal;
        const { identity, isNew } = await deps.addIdentity({ ...body, actor: actorOf(principal), capabilities });
        return { status: isNew ? 201 : 200, body: shown(identity) };
      },
    }),
    guarded({
      method: 'delete',
      path: '/v1/identities',
      operationId: 'removeIdentity',
      summary: 'Unbinds a subject; its tokens are refused from now on.',
      ...MANAGE,
      body: removing,
      responses: { 200: 'unbound' },
      async handle({ principal, body: { issuer, subject, userId: user } }) {
        const removed = await deps.removeIdentity({
          issuer,
          subject,
          ...(user === undefined ? {} : { userId: user }),
          actor: actorOf(principal),
        });
        return { status: 200, body: { ...shown(removed), deleted: true } };
      },
    }),
  ];
}
