import { PAGE } from './post-kind.js';
import { publishPost } from './post-tools.js';

export const pagesPublish = publishPost(PAGE);
