import { defineTool, need } from '../tool.js';
import { postId } from './post-arguments.js';
import { existingPost, POST, POST_DIGEST_FIELDS, postTarget, showPost } from './post-tools.js';

export const postsPublish = defineTool({
  name: 'posts.publish',
  summary: 'Publishes a post that exists.',
  effect: 'write',
  requires: 'edit_post and publish_post for this post',
  digestFields: POST_DIGEST_FIELDS,
  args: postId,
  needs: ({ id }) => [need('edit_post', id), need('publish_post', id)],
  target: ({ id }) => postTarget(POST, id),
  entities: ({ id }, before) => existingPost(POST, id, before, 'publish'),
  request: ({ id }) => ({ method: 'POST', route: `${POST.route}/${id}`, body: { status: 'publish' } }),
  result: showPost,
});
