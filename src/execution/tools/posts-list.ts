import { POST } from './post-kind.js';
import { listPosts } from './post-tools.js';

export const postsList = listPosts(POST);
