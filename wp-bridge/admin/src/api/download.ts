import apiFetch from '@wordpress/api-fetch';
import { boot } from '../site/boot.js';

/** An address that the browser itself fetches, as a file: with the nonce that counts now, since a link can't send a header. */
export function downloadOf(path: string, query: Readonly<Record<string, string>>): string {
  const address = new URL(`${boot.restUrl.replace(/\/$/, '')}${path}`);
  for (const [name, value] of Object.entries(query)) address.searchParams.set(name, value);
  address.searchParams.set('_wpnonce', apiFetch.nonceMiddleware?.nonce ?? '');
  return address.href;
}
