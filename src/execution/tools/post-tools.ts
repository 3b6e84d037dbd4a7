import { z } from 'zod';
import type { EntityFact } from '../../policy/facts.js';
import { isJsonObject, type Json, type JsonObject } from '../../kernel/json.js';
import { defineTool, need, pick, textOf, type CapabilityNeed, type Page, type Target } from '../tool.js';
import { postFields, type PostFields } from './post-arguments.js';

/** A post type that the tools can work on, and its plural capabilities (get_post_type_capabilities). */
export interface PostKind {
  /** As in the tools' names. */
  readonly plural: 'posts';
  readonly type: 'post';
  readonly route: 'wp/v2/posts';
}

export const POST: PostKind = { plural: 'posts', type: 'post', route: 'wp/v2/posts' };

const SHOWN = [
  'id',
  'type',
  'status',
  'link',
  'slug',
  'title',
  'content',
  'excerpt',
  'author',
  'date',
  'date_gmt',
  'modified',
  'modified_gmt',
  'categories',
  'tags',
  'featured_media',
  'comment_status',
  'ping_status',
  'format',
  'sticky',
  'meta',
];

/** What a change to a post can touch; dates of modification follow from it and are left out. */
export const POST_DIGEST_FIELDS = [
  'status',
  'slug',
  'title',
  'content',
  'excerpt',
  'author',
  'date_gmt',
  'categories',
  'tags',
  'featured_media',
  'comment_status',
  'ping_status',
  'format',
  'sticky',
  'meta',
];

/** A post has an id; an object without one is some other answer. */
export const showPost = (body: Json): JsonObject | undefined =>
  isJsonObject(body) && typeof body['id'] === 'number' ? pick(body, SHOWN) : undefined;

export function showPosts(body: Json, page: Page): JsonObject | undefined {
  if (!Array.isArray(body)) return undefined;
  const items = (body as readonly Json[]).flatMap((each) => showPost(each) ?? []);
  return { items, total: page.total ?? null, totalPages: page.totalPages ?? null };
}

/** The post as an editor sees it, so that the digest is over what is stored and not over what is shown. */
export const postTarget = (kind: PostKind, id: number, context: 'view' | 'edit' = 'edit'): Target => ({
  type: kind.type,
  id,
  read: { route: `${kind.route}/${id}`, query: { context } },
});

/** `post` as the policy judges it: what it is now, and the status that the call asks for. */
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

/** Publishing, now, later or privately, needs more than editing (WP_REST_Posts_Controller::handle_status_param). */
export function statusNeeds(status: string | undefined): readonly CapabilityNeed[] {
  return status === 'publish' || status === 'future' || status === 'private' ? [need('publish_posts')] : [];
}

/** To write under another name than one's own (WP_REST_Posts_Controller::create_item_permissions_check). */
export const authorNeeds = ({ author }: PostFields): readonly CapabilityNeed[] =>
  author === undefined ? [] : [{ ...need('edit_others_posts'), exceptUser: author }];

const stickyNeeds = ({ sticky }: PostFields): readonly CapabilityNeed[] =>
  sticky === true ? [need('edit_others_posts'), need('publish_posts')] : [];

/** Custom fields are written once the post is (WP_REST_Meta_Fields::update_value), each with a permission of its own. */
const metaRefused = ({ meta }: PostFields, code: string): boolean =>
  meta !== undefined && (code === 'rest_cannot_update' || code === 'rest_cannot_delete');

export const createPost = (kind: PostKind) =>
  defineTool({
    name: `${kind.plural}.create`,
    summary: 'Creates a post; a draft unless another status is asked for.',
    effect: 'write',
    requires: 'edit_posts; publish_posts to publish; edit_others_posts for another author',
    digestFields: POST_DIGEST_FIELDS,
    args: z
      .strictObject({ ...postFields, status: postFields.status.default('draft') })
      .refine(
        ({ title, content, excerpt }) => [title, content, excerpt].some((text) => text !== undefined && text !== ''),
        {
          message: 'a title, content or excerpt is needed',
        },
      ),
    needs: (args) => [need('edit_posts'), ...statusNeeds(args.status), ...authorNeeds(args), ...stickyNeeds(args)],
    entities: ({ status }) => [{ kind: 'create', type: kind.type, requestedStatus: status }],
    request: (args) => ({ method: 'POST', route: kind.route, body: args as JsonObject }),
    result: showPost,
    refusedLate: (args, code) => metaRefused(args, code),
  });

export const updatePost = (kind: PostKind) =>
  defineTool({
    name: `${kind.plural}.update`,
    summary: 'Changes the given fields of a post and leaves the others.',
    effect: 'write',
    requires: 'edit_post for this post; publish_posts to publish; edit_others_posts for another author',
    digestFields: POST_DIGEST_FIELDS,
    args: z
      .strictObject({ id: z.int().min(1).max(Number.MAX_SAFE_INTEGER), ...postFields })
      .refine((args) => Object.keys(args).length > 1, { message: 'at least one field to change is needed' }),
    needs: (args) => [
      need('edit_post', args.id),
      ...statusNeeds(args.status),
      ...authorNeeds(args),
      ...stickyNeeds(args),
    ],
    target: ({ id }) => postTarget(kind, id),
    entities: ({ id, status }, before) => existingPost(kind, id, before, status),
    request: ({ id, ...fields }) => ({ method: 'POST', route: `${kind.route}/${id}`, body: fields as JsonObject }),
    result: showPost,
    refusedLate: (args, code) => metaRefused(args, code),
  });
