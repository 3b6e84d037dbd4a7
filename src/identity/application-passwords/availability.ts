import type { WpUserId } from '../../kernel/ids.js';

/**
 * Whether WordPress would let this user use application passwords now: `wp_is_application_passwords_available()` and
 * `wp_is_application_passwords_available_for_user()`, both PHP filters that the database doesn't show. Rejects when
 * WordPress can't be asked; nothing is assumed then.
 */
export interface ApplicationPasswordAvailability {
  forUser(userId: WpUserId): Promise<boolean>;
}
