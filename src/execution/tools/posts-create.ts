import { POST } from './post-kind.js';
import { createPost } from './post-tools.js';

export const postsCreate = createPost(POST);
