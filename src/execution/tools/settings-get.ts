import { z } from 'zod';
import { defineTool, need, pick } from '../tool.js';
import { SETTING_NAMES } from './settings-schema.js';

export const settingsGet = defineTool({
  name: 'settings.get',
  summary: "Reads the site's settings.",
  effect: 'read',
  requires: 'manage_options',
  args: z.strictObject({}),
  needs: () => [need('manage_options')],
  entities: () => [{ kind: 'existing', type: 'settings' }],
  request: () => ({ method: 'GET', route: 'wp/v2/settings' }),
  result: (body) => pick(body, SETTING_NAMES),
});
