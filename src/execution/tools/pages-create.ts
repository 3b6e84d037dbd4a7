import { PAGE } from './post-kind.js';
import { createPost } from './post-tools.js';

export const pagesCreate = createPost(PAGE);
