import { z } from 'zod';
import { defineTool, need, pick } from '../tool.js';

export const siteInfo = defineTool({
  name: 'site.info',
  summary: "Tells the site's name, description, addresses and time zone.",
  effect: 'read',
  requires: 'read',
  args: z.strictObject({}),
  needs: () => [need('read')],
  entities: () => [],
  request: () => ({
    method: 'GET',
    route: '',
    query: { _fields: 'name,description,url,home,gmt_offset,timezone_string,site_logo,site_icon' },
  }),
  result: (body) =>
    pick(body, ['name', 'description', 'url', 'home', 'gmt_offset', 'timezone_string', 'site_logo', 'site_icon']),
});
