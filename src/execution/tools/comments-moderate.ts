import { z } from 'zod';
import { isJsonObject, type Json, type JsonObject } from '../../kernel/json.js';
import { defineTool, need, pick, textOf } from '../tool.js';
import { id } from './post-arguments.js';

export const COMMENT_STATUSES = ['approved', 'hold', 'spam', 'trash'] as const;

const DIGEST_FIELDS = ['status', 'post', 'parent', 'author', 'author_name', 'date_gmt'];

const showModerated = (body: Json): JsonObject | undefined =>
  isJsonObject(body) && typeof body['id'] === 'number'
    ? pick(body, ['id', 'post', 'parent', 'author', 'author_name', 'date', 'link', 'status', 'type'])
    : undefined;

export const commentsModerate = defineTool({
  name: 'comments.moderate',
  summary: 'Approves a comment, holds it back, marks it as spam or moves it to the trash.',
  effect: 'write',
  undo: {
    possible: true,
    how: 'gives the comment its old status',
    unchanged: 'target',
    reverse({ args, before }) {
      const status = COMMENT_STATUSES.find((each) => each === before['status']);
      if (status === undefined) return 'Its status was one that the tool can’t give back.';
      return { tool: 'comments.moderate', args: { id: args.id, status } };
    },
  },
  requires: 'edit_comment for this comment, as wp-admin asks for it',
  digestFields: DIGEST_FIELDS,
  args: z.strictObject({ id, status: z.enum(COMMENT_STATUSES) }),
  needs: (args) => [need('edit_comment', args.id)],
  // The edit context needs moderate_comments, which an author who may judge comments on own posts lacks.
  target: (args) => ({ type: 'comment', id: args.id, read: { route: `wp/v2/comments/${args.id}` } }),
  entities: (args, before) => {
    const status = textOf(before, 'status');
    return [
      {
        kind: 'existing',
        type: 'comment',
        id: args.id,
        ...(status === undefined ? {} : { status }),
        requestedStatus: args.status,
      },
    ];
  },
  // WordPress answers 500 to a status that the comment has already (handle_status_param), as if something had failed.
  expects: (args, before) => (before['status'] === args.status ? `The comment is ${args.status} already.` : undefined),
  // By this route the trash refuses where it is switched off; given as a status it would delete for good (wp_trash_comment).
  request: (args) =>
    args.status === 'trash'
      ? { method: 'DELETE', route: `wp/v2/comments/${args.id}` }
      : { method: 'POST', route: `wp/v2/comments/${args.id}`, body: { status: args.status } },
  result: showModerated,
});
