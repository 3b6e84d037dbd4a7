import { z } from 'zod';
import { jsonValue } from '../../kernel/json-value.js';

/** Named and shaped as the REST API of WordPress has them (WP_REST_Posts_Controller), each with a limit. */
export const id = z.int().min(1).max(Number.MAX_SAFE_INTEGER);
const ids = z.array(id).max(100);
const localDate = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?(Z|[+-]\d{2}:\d{2})?$/, 'must be a date such as 2026-11-22T09:30:00');

export const POST_STATUSES = ['draft', 'pending', 'private', 'publish', 'future'] as const;

/** What can be written to a post. Absent: left as it is. */
export const postFields = {
  title: z.string().max(2_000).optional(),
  content: z.string().max(500_000).optional(),
  excerpt: z.string().max(20_000).optional(),
  status: z.enum(POST_STATUSES).optional(),
  slug: z.string().max(200).optional(),
  author: id.optional(),
  date: localDate.optional(),
  date_gmt: localDate.optional(),
  categories: ids.optional(),
  tags: ids.optional(),
  featured_media: z.int().min(0).max(Number.MAX_SAFE_INTEGER).optional(),
  comment_status: z.enum(['open', 'closed']).optional(),
  ping_status: z.enum(['open', 'closed']).optional(),
  format: z.string().max(40).optional(),
  sticky: z.boolean().optional(),
  meta: z
    .record(z.string().max(255), jsonValue)
    .refine((meta) => Object.keys(meta).length <= 100, 'holds more than 100 fields')
    .optional(),
};

const context = z.enum(['view', 'edit']).default('view');

export const postId = z.strictObject({ id });

export const postGet = z.strictObject({ id, context });

export const postList = z.strictObject({
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
  categories: ids.optional(),
  tags: ids.optional(),
  after: localDate.optional(),
  before: localDate.optional(),
  slug: z.string().max(200).optional(),
  page: z.int().min(1).max(100_000).default(1),
  per_page: z.int().min(1).max(100).default(10),
  order: z.enum(['asc', 'desc']).optional(),
  orderby: z.enum(['author', 'date', 'id', 'modified', 'relevance', 'slug', 'title']).optional(),
});

export type PostFields = z.infer<z.ZodObject<typeof postFields>>;
