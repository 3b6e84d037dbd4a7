import { POST } from './post-kind.js';
import { trashPost } from './post-tools.js';

export const postsTrash = trashPost(POST);
