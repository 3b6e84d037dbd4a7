import { defineTool, need } from '../tool.js';
import { postId } from './post-arguments.js';
import { existingPost, POST, POST_DIGEST_FIELDS, postTarget, showPost } from './post-tools.js';

export const postsRestore = defineTool({
  name: 'posts.restore',
  summary: 'Takes a post out of the trash; it becomes a draft, as in wp-admin.',
  effect: 'write',
  requires: 'delete_post for this post, as wp-admin asks for it, and edit_post',
  digestFields: POST_DIGEST_FIELDS,
  args: postId,
  needs: ({ id }) => [need('delete_post', id), need('edit_post', id)],
  target: ({ id }) => postTarget(POST, id),
  entities: ({ id }, before) => existingPost(POST, id, before, 'draft'),
  expects: (before) => (before['status'] === 'trash' ? undefined : 'The post is not in the trash.'),
  request: ({ id }) => ({ method: 'POST', route: `${POST.route}/${id}`, body: { status: 'draft' } }),
  result: showPost,
});
