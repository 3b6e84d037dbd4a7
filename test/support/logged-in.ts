import type { TestSite, TestUser } from './stack.js';

/** The cookies that WordPress makes at a login, by name. */
export async function loginCookies(
  site: Pick<TestSite, 'php'>,
  { id }: Pick<TestUser, 'id'>,
): Promise<Readonly<Record<string, string>>> {
  const { cookies } = await logIn(site, id);
  return cookies;
}

/** What a screen sends: the cookies and the nonce that belongs to them. */
export async function sessionHeaders(
  site: Pick<TestSite, 'php'>,
  { id }: Pick<TestUser, 'id'>,
): Promise<{ readonly cookie: string; readonly 'x-wp-nonce': string }> {
  const { cookies, nonce } = await logIn(site, id);
  const cookie = Object.entries(cookies)
    .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
    .join('; ');
  return { cookie, 'x-wp-nonce': nonce };
}

async function logIn(
  site: Pick<TestSite, 'php'>,
  id: number,
): Promise<{ readonly cookies: Readonly<Record<string, string>>; readonly nonce: string }> {
  return (await site.php(
    `$until = time() + DAY_IN_SECONDS;
     $token = WP_Session_Tokens::get_instance( $args )->create( $until );
     $logged_in = wp_generate_auth_cookie( $args, $until, 'logged_in', $token );
     $_COOKIE[ LOGGED_IN_COOKIE ] = $logged_in;
     wp_set_current_user( $args );
     return array(
       'nonce' => wp_create_nonce( 'wp_rest' ),
       'cookies' => array(
         AUTH_COOKIE => wp_generate_auth_cookie( $args, $until, 'auth', $token ),
         LOGGED_IN_COOKIE => $logged_in,
       ),
     );`,
    id,
  )) as { readonly cookies: Readonly<Record<string, string>>; readonly nonce: string };
}
