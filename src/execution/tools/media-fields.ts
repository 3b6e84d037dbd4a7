import { z } from 'zod';
import type { EntityFact } from '../../policy/facts.js';
import { isJsonObject, type Json, type JsonObject } from '../../kernel/json.js';
import { pick, textOf, type Target } from '../tool.js';
import { idOrNone } from './post-arguments.js';

/** What can be written to an attachment. Absent: left as it is. `post` is what it is attached to, 0 for nothing. */
export const mediaFields = {
  title: z.string().max(2_000).optional(),
  alt_text: z.string().max(5_000).optional(),
  caption: z.string().max(20_000).optional(),
  description: z.string().max(100_000).optional(),
  post: idOrNone.optional(),
};

/** `source_url` tells which file it is; what WordPress makes of it (sizes) follows from it. */
export const MEDIA_DIGEST_FIELDS = [
  ...['status', 'slug', 'title', 'author', 'date_gmt', 'alt_text', 'caption', 'description', 'post'],
  ...['mime_type', 'source_url', 'meta'],
];

export const showMedia = (body: Json): JsonObject | undefined =>
  isJsonObject(body) && typeof body['id'] === 'number'
    ? pick(body, ['id', 'type', 'link', 'date', 'modified', 'modified_gmt', 'media_type', ...MEDIA_DIGEST_FIELDS])
    : undefined;

export const mediaTarget = (id: number, context: 'view' | 'edit' = 'edit'): Target => ({
  type: 'attachment',
  id,
  read: { route: `wp/v2/media/${id}`, query: { context } },
});

export function existingMedia(id: number, before: JsonObject | undefined): readonly EntityFact[] {
  const status = textOf(before, 'status');
  return [{ kind: 'existing', type: 'attachment', id, ...(status === undefined ? {} : { status }) }];
}
