import { POST, updatePost } from './post-tools.js';

export const postsUpdate = updatePost(POST);
