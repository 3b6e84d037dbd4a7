import type { Tool } from '../tool.js';
import { commentsList } from './comments-list.js';
import { commentsModerate } from './comments-moderate.js';
import { mediaGet } from './media-get.js';
import { mediaUpdate } from './media-update.js';
import { mediaUpload } from './media-upload.js';
import { pagesCreate } from './pages-create.js';
import { pagesGet } from './pages-get.js';
import { pagesList } from './pages-list.js';
import { pagesPublish } from './pages-publish.js';
import { pagesRestore } from './pages-restore.js';
import { pagesTrash } from './pages-trash.js';
import { pagesUpdate } from './pages-update.js';
import { postsCreate } from './posts-create.js';
import { postsGet } from './posts-get.js';
import { postsList } from './posts-list.js';
import { postsPublish } from './posts-publish.js';
import { postsRestore } from './posts-restore.js';
import { postsTrash } from './posts-trash.js';
import { postsUpdate } from './posts-update.js';
import { settingsGet } from './settings-get.js';
import { settingsUpdate } from './settings-update.js';
import { siteInfo } from './site-info.js';
import { termsCreate } from './terms-create.js';
import { termsList } from './terms-list.js';
import { termsUpdate } from './terms-update.js';
import { usersList } from './users-list.js';

/** Every tool's name. A name without its tool, or the other way round, doesn't compile. */
export const TOOL_NAMES = [
  'posts.list',
  'posts.get',
  'posts.create',
  'posts.update',
  'posts.publish',
  'posts.trash',
  'posts.restore',
  'pages.list',
  'pages.get',
  'pages.create',
  'pages.update',
  'pages.publish',
  'pages.trash',
  'pages.restore',
  'media.upload',
  'media.get',
  'media.update',
  'terms.list',
  'terms.create',
  'terms.update',
  'comments.list',
  'comments.moderate',
  'users.list',
  'settings.get',
  'settings.update',
  'site.info',
] as const;
export type ToolName = (typeof TOOL_NAMES)[number];

export const tools: { readonly [K in ToolName]: Tool } = {
  'posts.list': postsList,
  'posts.get': postsGet,
  'posts.create': postsCreate,
  'posts.update': postsUpdate,
  'posts.publish': postsPublish,
  'posts.trash': postsTrash,
  'posts.restore': postsRestore,
  'pages.list': pagesList,
  'pages.get': pagesGet,
  'pages.create': pagesCreate,
  'pages.update': pagesUpdate,
  'pages.publish': pagesPublish,
  'pages.trash': pagesTrash,
  'pages.restore': pagesRestore,
  'media.upload': mediaUpload,
  'media.get': mediaGet,
  'media.update': mediaUpdate,
  'terms.list': termsList,
  'terms.create': termsCreate,
  'terms.update': termsUpdate,
  'comments.list': commentsList,
  'comments.moderate': commentsModerate,
  'users.list': usersList,
  'settings.get': settingsGet,
  'settings.update': settingsUpdate,
  'site.info': siteInfo,
};

export function findTool(name: string): Tool | undefined {
  return Object.hasOwn(tools, name) ? tools[name as ToolName] : undefined;
}
