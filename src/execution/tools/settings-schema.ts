import { z } from 'zod';
import { id } from './post-arguments.js';

const text = (length: number) => z.string().max(length).optional();
const page = z.int().min(0).max(Number.MAX_SAFE_INTEGER).optional();

/**
 * The settings an agent may touch, named as in WordPress's REST API (WP_REST_Settings_Controller). The site's addresses,
 * the administrator's e-mail and whatever plugins register stay out: with those an agent could take the site over.
 */
export const settingsFields = {
  title: text(500),
  description: text(1_000),
  timezone: text(100),
  date_format: text(50),
  time_format: text(50),
  start_of_week: z.int().min(0).max(6).optional(),
  use_smilies: z.boolean().optional(),
  default_category: id.optional(),
  default_post_format: text(40),
  posts_per_page: z.int().min(1).max(1_000).optional(),
  show_on_front: z.enum(['posts', 'page']).optional(),
  page_on_front: page,
  page_for_posts: page,
  default_ping_status: z.enum(['open', 'closed', '']).optional(),
  default_comment_status: z.enum(['open', 'closed', '']).optional(),
  site_logo: page,
  site_icon: page,
};

export const SETTING_NAMES = Object.keys(settingsFields);
