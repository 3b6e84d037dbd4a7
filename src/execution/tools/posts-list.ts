import { defineTool, need } from '../tool.js';
import { postList } from './post-arguments.js';
import { POST, showPosts } from './post-tools.js';

export const postsList = defineTool({
  name: 'posts.list',
  summary: 'Lists posts that the user may read, page by page.',
  effect: 'read',
  requires: 'read; edit_posts for the edit context and for unpublished posts',
  args: postList,
  needs: ({ context, status }) => [
    need('read'),
    ...(context === 'edit' || (status !== undefined && status !== 'publish') ? [need('edit_posts')] : []),
  ],
  entities: () => [],
  request: (args) => ({ method: 'GET', route: POST.route, query: args }),
  result: showPosts,
});
