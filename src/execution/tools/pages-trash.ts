import { PAGE } from './post-kind.js';
import { trashPost } from './post-tools.js';

export const pagesTrash = trashPost(PAGE);
