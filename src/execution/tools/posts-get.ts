import { POST } from './post-kind.js';
import { getPost } from './post-tools.js';

export const postsGet = getPost(POST);
