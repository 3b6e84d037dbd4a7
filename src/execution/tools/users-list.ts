import { z } from 'zod';
import { isJsonObject, type Json, type JsonObject } from '../../kernel/json.js';
import { defineTool, need, pick, showList } from '../tool.js';
import { context, ids, paging } from './post-arguments.js';

/** Never an e-mail address, whoever asks: answers are kept, and nothing that an agent does here needs one. */
const SHOWN = ['id', 'name', 'slug', 'link', 'username', 'roles', 'registered_date'];

const showUser = (body: Json): JsonObject | undefined =>
  isJsonObject(body) && typeof body['id'] === 'number' ? pick(body, SHOWN) : undefined;

export const usersList = defineTool({
  name: 'users.list',
  summary:
    'Lists users by name, page by page: those who have published something, or all of them to who may list users.',
  effect: 'read',
  requires: 'read; list_users for the edit context (logins, roles), for roles, and to order by registration',
  args: z.strictObject({
    context,
    search: z.string().max(200).optional(),
    include: ids.optional(),
    roles: z
      .array(
        z
          .string()
          .max(100)
          .regex(/^[^,]+$/, 'must be one role'),
      )
      .min(1)
      .max(20)
      .optional(),
    ...paging,
    orderby: z.enum(['id', 'name', 'slug', 'registered_date']).optional(),
  }),
  // WP_REST_Users_Controller::get_items_permissions_check
  needs: ({ context: shown, roles, orderby }) => [
    need('read'),
    ...(shown === 'edit' || roles !== undefined || orderby === 'registered_date' ? [need('list_users')] : []),
  ],
  entities: () => [],
  request: (args) => ({ method: 'GET', route: 'wp/v2/users', query: args }),
  result: showList(showUser),
});
