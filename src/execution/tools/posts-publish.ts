import { POST } from './post-kind.js';
import { publishPost } from './post-tools.js';

export const postsPublish = publishPost(POST);
