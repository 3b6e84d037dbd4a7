import { z } from 'zod';
import { jsonValue } from '../../kernel/json-value.js';

/** Named and shaped as the REST API of WordPress has them (WP_REST_Posts_Controller), each with a limit. */
export const id = z.int().min(1).max(Number.MAX_SAFE_INTEGER);
/** An id where 0 stands for none. */
export const idOrNone = z.int().min(0).max(Number.MAX_SAFE_INTEGER);
export const ids = z.array(id).max(100);
export const localDate = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?(Z|[+-]\d{2}:\d{2})?$/, 'must be a date such as 2026-11-22T09:30:00');
/** Null takes a date back: a draft then gets the date of its publication. */
const date = localDate.nullable().optional();
export const slug = z.string().max(200);
export const meta = z
  .record(z.string().max(255), jsonValue)
  .refine((fields) => Object.keys(fields).length <= 100, 'holds more than 100 fields');

export const POST_STATUSES = ['draft', 'pending', 'private', 'publish', 'future'] as const;

/** What can be written to posts and to pages. Absent: left as it is. */
const commonFields = {
  title: z.string().max(2_000).optional(),
  content: z.string().max(500_000).optional(),
  excerpt: z.string().max(20_000).optional(),
  status: z.enum(POST_STATUSES).optional(),
  slug: slug.optional(),
  author: id.optional(),
  date,
  date_gmt: date,
  featured_media: idOrNone.optional(),
  comment_status: z.enum(['open', 'closed']).optional(),
  ping_status: z.enum(['open', 'closed']).optional(),
  meta: meta.optional(),
};

export const postFields = {
  ...commonFields,
  categories: ids.optional(),
  tags: ids.optional(),
  format: z.string().max(40).optional(),
  sticky: z.boolean().optional(),
};

export const pageFields = {
  ...commonFields,
  parent: idOrNone.optional(),
  menu_order: z.int().min(-1_000_000).max(1_000_000).optional(),
  template: z.string().max(255).optional(),
};

export const context = z.enum(['view', 'edit']).default('view');
/** Where a list begins and how much of it is shown. */
export const paging = {
  page: z.int().min(1).max(100_000).default(1),
  per_page: z.int().min(1).max(100).default(10),
  order: z.enum(['asc', 'desc']).optional(),
};

export const postId = z.strictObject({ id });

export const postGet = z.strictObject({ id, context });

const commonFilters = {
  context,
  search: z.string().max(500).optional(),
  status: z
    .union([
      z.enum([...POST_STATUSES, 'trash', 'any']),
      z
        .array(z.enum([...POST_STATUSES, 'trash']))
        .min(1)
        .max(6),
    ])
    .optional(),
  author: z.union([id, ids]).optional(),
  after: localDate.optional(),
  before: localDate.optional(),
  slug: slug.optional(),
  ...paging,
};
const ORDERS = ['author', 'date', 'id', 'modified', 'relevance', 'slug', 'title'] as const;

export const postFilters = {
  ...commonFilters,
  categories: ids.optional(),
  tags: ids.optional(),
  orderby: z.enum(ORDERS).optional(),
};

export const pageFilters = {
  ...commonFilters,
  parent: z.union([idOrNone, z.array(idOrNone).max(100)]).optional(),
  menu_order: z.int().min(-1_000_000).max(1_000_000).optional(),
  orderby: z.enum([...ORDERS, 'menu_order']).optional(),
};

export type PostFields = z.infer<z.ZodObject<typeof postFields>>;
export type PageFields = z.infer<z.ZodObject<typeof pageFields>>;
