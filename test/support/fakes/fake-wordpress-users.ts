import { parseWpUserId, type WpUserId } from '../../../src/kernel/ids.js';
import type { WordPressUser, WordPressUsers } from '../../../src/identity/wordpress-users/index.js';

export function userId(id: number): WpUserId {
  const parsed = parseWpUserId(id);
  if (parsed === undefined) throw new Error(`${id} is no user id`);
  return parsed;
}

/** WordPress's users in memory. Logins and addresses are compared without regard to case, as the real columns are. */
export class FakeWordPressUsers implements WordPressUsers {
  readonly options = new Map<string, string>([['using_application_passwords', '1']]);
  readonly #users: WordPressUser[] = [];
  readonly #meta = new Map<string, Uint8Array>();
  /** How many rows of user meta were read. */
  metaReads = 0;

  add(user: Partial<WordPressUser> & { readonly id: WpUserId; readonly login: string }): WordPressUser {
    const whole = { email: `${user.login}@example.org`, spam: false, deleted: false, ...user };
    this.#users.push(whole);
    return whole;
  }

  setMeta(id: WpUserId, key: string, value: string | Uint8Array): void {
    this.#meta.set(`${id} ${key}`, Buffer.from(value));
  }

  findByLogin(login: string): Promise<WordPressUser | undefined> {
    return Promise.resolve(this.#users.find((user) => user.login.toLowerCase() === login.toLowerCase()));
  }

  findByEmail(email: string): Promise<WordPressUser | undefined> {
    return Promise.resolve(this.#users.find((user) => user.email.toLowerCase() === email.toLowerCase()));
  }

  findById(id: WpUserId): Promise<WordPressUser | undefined> {
    return Promise.resolve(this.#users.find((user) => user.id === id));
  }

  userMeta(id: WpUserId, key: string): Promise<Uint8Array | undefined> {
    this.metaReads += 1;
    return Promise.resolve(this.#meta.get(`${id} ${key}`));
  }

  option(name: string): Promise<Uint8Array | undefined> {
    const value = this.options.get(name);
    return Promise.resolve(value === undefined ? undefined : Buffer.from(value));
  }

  networkOption(name: string): Promise<Uint8Array | undefined> {
    return this.option(name);
  }
}
