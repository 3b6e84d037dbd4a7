import { PAGE } from './post-kind.js';
import { getPost } from './post-tools.js';

export const pagesGet = getPost(PAGE);
