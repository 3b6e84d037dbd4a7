import { PAGE } from './post-kind.js';
import { listPosts } from './post-tools.js';

export const pagesList = listPosts(PAGE);
