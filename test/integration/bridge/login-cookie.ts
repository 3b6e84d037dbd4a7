import type { PairedSite } from './paired-site.js';

/** The cookie of an admin who is logged in. */
export async function loginCookie(site: PairedSite): Promise<string> {
  const { login, password } = site.users.admin;
  const reply = await fetch(`${site.url}/wp-login.php`, {
    method: 'POST',
    redirect: 'manual',
    headers: { cookie: 'wordpress_test_cookie=WP%20Cookie%20check' },
    body: new URLSearchParams({ log: login, pwd: password, 'wp-submit': 'Log In', testcookie: '1' }),
  });
  const cookies = reply.headers.getSetCookie().map((line) => line.split(';')[0] ?? '');
  if (!cookies.some((cookie) => cookie.startsWith('wordpress_logged_in')))
    throw new Error('the admin could not log in');
  return cookies.join('; ');
}
