export type { WordPressTables } from './wordpress-tables.js';
export type { WordPressUser, WordPressUsers } from './wordpress-users.js';
export { findUserByName } from './find-user.js';
