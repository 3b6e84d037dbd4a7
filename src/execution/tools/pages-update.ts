import { PAGE } from './post-kind.js';
import { updatePost } from './post-tools.js';

export const pagesUpdate = updatePost(PAGE);
