import { z } from 'zod';
import { isJsonObject, type Json, type JsonObject } from '../../kernel/json.js';
import { defineTool, need, pick, showList } from '../tool.js';
import { COMMENT_STATUSES } from './comments-moderate.js';
import { context, id, ids, localDate, paging } from './post-arguments.js';

/** Addresses, e-mail and IP, stay on the site: nobody needs them to judge what a comment says. */
const SHOWN = [
  ...['id', 'post', 'parent', 'author', 'author_name', 'author_url', 'date', 'date_gmt', 'content'],
  ...['link', 'status', 'type'],
];

export const showComment = (body: Json): JsonObject | undefined =>
  isJsonObject(body) && typeof body['id'] === 'number' ? pick(body, SHOWN) : undefined;

export const commentsList = defineTool({
  name: 'comments.list',
  summary: 'Lists comments that the user may read, page by page; approved ones unless another status is asked for.',
  effect: 'read',
  requires: 'read; edit_posts for other statuses and for authors; moderate_comments for the edit context',
  args: z.strictObject({
    context,
    status: z.enum([...COMMENT_STATUSES, 'all']).default('approved'),
    post: z.union([id, ids]).optional(),
    author: z.union([id, ids]).optional(),
    search: z.string().max(500).optional(),
    after: localDate.optional(),
    before: localDate.optional(),
    ...paging,
    orderby: z.enum(['date', 'date_gmt', 'id', 'post', 'parent', 'type']).optional(),
  }),
  // WP_REST_Comments_Controller::get_items_permissions_check
  needs: (args) => [
    need('read'),
    ...(args.status !== 'approved' || args.author !== undefined ? [need('edit_posts')] : []),
    ...(args.context === 'edit' ? [need('moderate_comments')] : []),
  ],
  entities: () => [],
  // Asked for, a comment is "approve"; shown, it is "approved" (prepare_status_response).
  request: ({ status, ...args }) => ({
    method: 'GET',
    route: 'wp/v2/comments',
    query: { ...args, ...(status === 'approved' ? {} : { status }) },
  }),
  result: showList(showComment),
});
