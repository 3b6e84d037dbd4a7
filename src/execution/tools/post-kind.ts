import type { EntityFact } from '../../policy/facts.js';
import type { JsonObject } from '../../kernel/json.js';
import { need, textOf, type CapabilityNeed, type Target } from '../tool.js';
import {
  pageFields,
  pageFilters,
  postFields,
  postFilters,
  type PageFields,
  type PostFields,
} from './post-arguments.js';

/** Fields of posts and of pages that a change can touch; dates of modification follow from it and are left out. */
const COMMON = ['status', 'slug', 'title', 'content', 'excerpt', 'author', 'date_gmt', 'featured_media'];
const COMMON_LAST = ['comment_status', 'ping_status', 'meta'];
const POST_OWN = ['categories', 'tags', 'format', 'sticky'];
const PAGE_OWN = ['parent', 'menu_order', 'template'];
const SHOWN_BESIDE = ['id', 'type', 'link', 'date', 'modified', 'modified_gmt'];

/** A post type that the tools can work on, and its plural capabilities (get_post_type_capabilities). */
export const POST = {
  /** As in the tools' names. */
  plural: 'posts',
  type: 'post',
  route: 'wp/v2/posts',
  can: { edit: 'edit_posts', editOthers: 'edit_others_posts', publish: 'publish_posts' },
  fields: postFields,
  filters: postFilters,
  digestFields: [...COMMON, ...POST_OWN, ...COMMON_LAST],
  shown: [...SHOWN_BESIDE, ...COMMON, ...POST_OWN, ...COMMON_LAST],
} as const;

export const PAGE = {
  plural: 'pages',
  type: 'page',
  route: 'wp/v2/pages',
  can: { edit: 'edit_pages', editOthers: 'edit_others_pages', publish: 'publish_pages' },
  fields: pageFields,
  filters: pageFilters,
  digestFields: [...COMMON, ...PAGE_OWN, ...COMMON_LAST],
  shown: [...SHOWN_BESIDE, ...COMMON, ...PAGE_OWN, ...COMMON_LAST],
} as const;

export type PostKind = typeof POST | typeof PAGE;
/** What either kind's arguments hold. */
export type Written = Partial<PostFields & PageFields>;

/** The post as an editor sees it, so that the digest is over what is stored and not over what is shown. */
export const postTarget = (kind: PostKind, id: number, context: 'view' | 'edit' = 'edit'): Target => ({
  type: kind.type,
  id,
  read: { route: `${kind.route}/${id}`, query: { context } },
});

/** The post as the policy judges it: what it is now, and the status that the call asks for. */
export function existingPost(
  kind: PostKind,
  id: number,
  before: JsonObject | undefined,
  requestedStatus?: string,
): readonly EntityFact[] {
  const status = textOf(before, 'status');
  return [
    {
      kind: 'existing',
      type: textOf(before, 'type') ?? kind.type,
      id,
      ...(status === undefined ? {} : { status }),
      ...(requestedStatus === undefined ? {} : { requestedStatus }),
    },
  ];
}

const isPublic = (status: string | undefined): boolean =>
  status === 'publish' || status === 'future' || status === 'private';

/**
 * What fields need beyond editing: publishing, now, later or privately (WP_REST_Posts_Controller::handle_status_param),
 * writing under another name than one's own, and what sticks to the front page (create_item_permissions_check).
 */
export function fieldNeeds({ can }: PostKind, { status, author, sticky }: Written): readonly CapabilityNeed[] {
  return [
    ...(isPublic(status) ? [need(can.publish)] : []),
    ...(author === undefined ? [] : [{ ...need(can.editOthers), exceptUser: author }]),
    ...(sticky === true ? [need(can.editOthers), need(can.publish)] : []),
  ];
}
