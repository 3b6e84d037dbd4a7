import { PAGE } from './post-kind.js';
import { restorePost } from './post-tools.js';

export const pagesRestore = restorePost(PAGE);
