import { POST } from './post-kind.js';
import { restorePost } from './post-tools.js';

export const postsRestore = restorePost(POST);
