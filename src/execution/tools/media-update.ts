import { z } from 'zod';
import type { JsonObject } from '../../kernel/json.js';
import { defineTool, need } from '../tool.js';
import { putBack, zeroForNone } from '../undoing.js';
import { id } from './post-arguments.js';
import { existingMedia, MEDIA_DIGEST_FIELDS, mediaFields, mediaTarget, showMedia } from './media-fields.js';

export const mediaUpdate = defineTool({
  name: 'media.update',
  summary: 'Changes the given texts of a file of the media library, or what it is attached to; never the file itself.',
  effect: 'write',
  undo: {
    possible: true,
    how: 'gives back the old texts and what the file was attached to',
    unchanged: 'target',
    reverse: putBack('media.update', ({ id: file }) => ({ id: file }), Object.keys(mediaFields), { post: zeroForNone }),
  },
  requires: 'edit_post for this file, and for the post that it is attached to',
  digestFields: MEDIA_DIGEST_FIELDS,
  args: z
    .strictObject({ id, ...mediaFields })
    .refine((args) => Object.keys(args).length > 1, { message: 'at least one field to change is needed' }),
  needs: (args) => [
    need('edit_post', args.id),
    ...(args.post === undefined || args.post === 0 ? [] : [need('edit_post', args.post)]),
  ],
  target: (args) => mediaTarget(args.id),
  entities: (args, before) => existingMedia(args.id, before),
  request: ({ id: file, ...fields }) => ({ method: 'POST', route: `wp/v2/media/${file}`, body: fields as JsonObject }),
  result: showMedia,
});
