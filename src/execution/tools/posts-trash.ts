import { isJsonObject } from '../../kernel/json.js';
import { defineTool, need } from '../tool.js';
import { postId } from './post-arguments.js';
import { existingPost, POST, POST_DIGEST_FIELDS, postTarget, showPost } from './post-tools.js';

export const postsTrash = defineTool({
  name: 'posts.trash',
  summary: 'Moves a post to the trash, from where it can be restored.',
  effect: 'write',
  requires: 'delete_post for this post',
  digestFields: POST_DIGEST_FIELDS,
  args: postId,
  needs: ({ id }) => [need('delete_post', id)],
  target: ({ id }) => postTarget(POST, id),
  entities: ({ id }, before) => existingPost(POST, id, before, 'trash'),
  // `force` stays away: without it WordPress trashes, or refuses where the trash is switched off (EMPTY_TRASH_DAYS).
  request: ({ id }) => ({ method: 'DELETE', route: `${POST.route}/${id}` }),
  result: (body) => showPost(isJsonObject(body) && isJsonObject(body['previous']) ? body['previous'] : body),
});
