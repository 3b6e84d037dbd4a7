import { readStored } from '../php-serialized/index.js';
import { addSlashes, isAscii, isEmail, lookupLogin, phpTrim } from './login-name.js';
import type { WordPressUser, WordPressUsers } from './wordpress-users.js';

/**
 * The user whom core would find for the user name of a Basic header: by login, then by e-mail
 * (`wp_authenticate_application_password()`). The name is slashed first, because core sees it slashed: an address with
 * an apostrophe finds nobody there, and so nobody here.
 */
export async function findUserByName(users: WordPressUsers, name: string): Promise<WordPressUser | undefined> {
  const slashed = addSlashes(name);
  const login = lookupLogin(slashed, await localeFor(users, slashed));
  const byLogin = login === undefined || login === '' ? undefined : await users.findByLogin(login);
  if (byLogin !== undefined || !isEmail(slashed)) return byLogin;
  return users.findByEmail(phpTrim(slashed));
}

/** `get_locale()` without its filter; it matters for letters beyond ASCII alone. */
async function localeFor(users: WordPressUsers, name: string): Promise<string> {
  if (isAscii(name)) return '';
  const stored = (await users.option('WPLANG')) ?? (await users.networkOption('WPLANG', 'current'));
  const decoded = stored === undefined ? undefined : readStored(stored);
  return decoded?.ok === true && typeof decoded.value === 'string' ? decoded.value : '';
}
