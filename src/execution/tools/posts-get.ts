import { defineTool, need } from '../tool.js';
import { postGet } from './post-arguments.js';
import { existingPost, POST, postTarget, showPost } from './post-tools.js';

export const postsGet = defineTool({
  name: 'posts.get',
  summary: 'Reads one post.',
  effect: 'read',
  requires: 'read_post for this post; edit_post for the edit context',
  args: postGet,
  needs: ({ id, context }) => [need(context === 'edit' ? 'edit_post' : 'read_post', id)],
  target: ({ id, context }) => postTarget(POST, id, context),
  entities: ({ id }, before) => existingPost(POST, id, before),
  request: ({ id, context }) => ({ method: 'GET', route: `${POST.route}/${id}`, query: { context } }),
  result: showPost,
});
