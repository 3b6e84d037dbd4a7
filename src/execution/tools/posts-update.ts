import { POST } from './post-kind.js';
import { updatePost } from './post-tools.js';

export const postsUpdate = updatePost(POST);
