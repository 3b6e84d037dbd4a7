import { defineTool, need } from '../tool.js';
import { postGet } from './post-arguments.js';
import { existingMedia, mediaTarget, showMedia } from './media-fields.js';

export const mediaGet = defineTool({
  name: 'media.get',
  summary: 'Reads what WordPress knows of one file of the media library: its texts, its type, its address.',
  effect: 'read',
  requires: 'read_post for this file; edit_post for the edit context',
  args: postGet,
  needs: (args) => [need(args.context === 'edit' ? 'edit_post' : 'read_post', args.id)],
  target: (args) => mediaTarget(args.id, args.context),
  entities: (args, before) => existingMedia(args.id, before),
  request: (args) => ({ method: 'GET', ...mediaTarget(args.id, args.context).read }),
  result: showMedia,
});
