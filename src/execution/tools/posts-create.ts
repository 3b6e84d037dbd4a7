import { createPost, POST } from './post-tools.js';

export const postsCreate = createPost(POST);
