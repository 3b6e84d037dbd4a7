import { z } from 'zod';
import type { JsonObject } from '../../kernel/json.js';
import { defineTool, need, pick } from '../tool.js';
import { putBack, zeroForNone } from '../undoing.js';
import { SETTING_NAMES, settingsFields } from './settings-schema.js';

export const settingsUpdate = defineTool({
  name: 'settings.update',
  summary: 'Changes the given settings of the site and leaves the others.',
  effect: 'write',
  undo: {
    possible: true,
    how: 'gives back the old values; other settings may have changed since',
    unchanged: 'restored',
    reverse: putBack('settings.update', () => ({}), SETTING_NAMES, { site_logo: zeroForNone, site_icon: zeroForNone }),
  },
  requires: 'manage_options',
  digestFields: SETTING_NAMES,
  args: z
    .strictObject(settingsFields)
    .refine((args) => Object.keys(args).length > 0, { message: 'at least one setting is needed' }),
  needs: () => [need('manage_options')],
  target: () => ({ type: 'settings', read: { route: 'wp/v2/settings' } }),
  entities: () => [{ kind: 'existing', type: 'settings' }],
  request: (args) => ({ method: 'POST', route: 'wp/v2/settings', body: args as JsonObject }),
  result: (body) => pick(body, SETTING_NAMES),
});
