import { unixSeconds, type Clock } from '../../kernel/clock.js';
import { ChaperoneError } from '../../kernel/errors.js';
import { parseWpUserId, type WpUserId } from '../../kernel/ids.js';
import { phpTruthy, readStored } from '../php-serialized/index.js';
import { findUserByName, type WordPressUser, type WordPressUsers } from '../wordpress-users/index.js';
import type { ApplicationPasswordAvailability } from './availability.js';
import { parseBasicCredentials } from './basic-credentials.js';
import type { KeyDerivation } from './key-derivation.js';
import { makeDecoys, type Decoys } from './decoys.js';
import { matchesFastHash, type SlowHash } from './password-hash.js';
import {
  APPLICATION_PASSWORDS_META,
  readStoredPasswords,
  type StoredPassword,
  type StoredPasswords,
  type UnusablePassword,
} from './stored-passwords.js';
import type { Comparison, VerdictCache } from './verdict-cache.js';

/** Why a password was refused: for the log alone. The caller learns `credentials_invalid` and no more. */
export type ApplicationPasswordRefusal =
  | 'malformed'
  | 'not_in_use'
  | 'unknown_user'
  | 'user_spam'
  | 'user_deleted'
  | 'empty_password'
  | 'row_unreadable'
  | 'wrong_password'
  | 'expired'
  | 'disabled';

export type ApplicationPasswordVerdict = (
  | { readonly ok: true; readonly userId: WpUserId; readonly uuid: string; readonly name: string }
  | { readonly ok: false; readonly reason: ApplicationPasswordRefusal; readonly userId?: WpUserId }
) & { readonly unusable: readonly UnusablePassword[] };

/** Takes the value of an Authorization field that names the scheme Basic. */
export type VerifyApplicationPassword = (header: string) => Promise<ApplicationPasswordVerdict>;

export interface VerifyApplicationPasswordDeps {
  readonly users: WordPressUsers;
  readonly availability: ApplicationPasswordAvailability;
  readonly derivation: KeyDerivation;
  readonly cache: VerdictCache;
  readonly clock: Clock;
}

const IN_USE_OPTION = 'using_application_passwords';
const NOBODY = parseWpUserId(Number.MAX_SAFE_INTEGER);
const NOBODYS_HASH = '$generic$XJQGK2eUryTa4vHbU0bDv1Ml3wGPwaC1ATczq0o_';

/** One attempt: what it is made with, and which slow kinds were really computed for it. */
interface Work extends VerifyApplicationPasswordDeps {
  readonly decoys: Decoys;
  readonly done: Set<SlowHash['kind']>;
}

/**
 * Verifies an application password as `wp_authenticate_application_password()` does, from the tables that the sidecar
 * shares with WordPress, and never writes to them. One order differs: whether application passwords are available is
 * asked after the password proved right. The outcome is the same, and a guess neither costs WordPress a request nor
 * tells by its time whether the account exists: a refusal costs one slow comparison of each kind that this site was seen
 * to hold, whoever is named. A success isn't a secret, and costs its own comparisons alone.
 *
 * Limitations: a user with several slow rows is refused more slowly than one with none, and so is one whose row costs
 * something else than the one read last; until a process has read its first slow row, that row's user is.
 *
 * @throws ChaperoneError `overloaded` (slow hashes wait), `upstream_unavailable` (availability can't be asked)
 */
export function makeVerifyApplicationPassword(deps: VerifyApplicationPasswordDeps): VerifyApplicationPassword {
  const decoys = makeDecoys();
  return async (header) => {
    const credentials = parseBasicCredentials(header);
    if (credentials === undefined) return refuse('malformed');
    const password = cleanPassword(credentials.password);
    const work: Work = { ...deps, decoys, done: new Set() };
    const verdict = await attempt(work, credentials.username, password);
    if (!verdict.ok) await burn(work, password);
    return verdict;
  };
}

async function attempt(work: Work, username: string, password: string): Promise<ApplicationPasswordVerdict> {
  const [inUse, user] = await Promise.all([isInUse(work.users), findUserByName(work.users, username)]);
  const early = refusalBeforeHashing(inUse, user, password);
  if (early !== undefined || user === undefined) {
    await doSameWork(work, user, password);
    return refuse(early ?? 'unknown_user', user);
  }
  const stored = readStoredPasswords(await work.users.userMeta(user.id, APPLICATION_PASSWORDS_META));
  work.decoys.learn(stored);
  const matched = await firstMatch(work, user, stored, password);
  return conclude(work, user, stored, matched);
}

/** What is read and computed for a user with passwords, so that the time tells nothing (test/http/timing.test.ts). */
async function doSameWork({ users, decoys }: Work, user: WordPressUser | undefined, password: string): Promise<void> {
  const reader = user?.id ?? NOBODY;
  if (reader !== undefined) decoys.learn(readStoredPasswords(await users.userMeta(reader, APPLICATION_PASSWORDS_META)));
  matchesFastHash(password, NOBODYS_HASH);
}

/** In the same pool and one after the other, as real rows are: when it is full, everybody is told so. */
async function burn({ derivation, decoys, done }: Work, password: string): Promise<void> {
  for (const decoy of decoys.missing(done)) await derivation.matches(password, decoy);
}

/** Core's cleaning: generated passwords are alphanumeric, so spaces and all other signs are the reader's. */
export function cleanPassword(password: string): string {
  return password.replace(/[^a-z\d]/gi, '');
}

function refuse(
  reason: ApplicationPasswordRefusal,
  user?: WordPressUser,
  unusable: readonly UnusablePassword[] = [],
): ApplicationPasswordVerdict {
  return { ok: false, reason, ...(user === undefined ? {} : { userId: user.id }), unusable };
}

/** `WP_Application_Passwords::is_in_use()`: before the first application password was made, none is tried. */
async function isInUse(users: WordPressUsers): Promise<boolean> {
  const stored = await users.networkOption(IN_USE_OPTION, 'main');
  const decoded = stored === undefined ? undefined : readStored(stored);
  return decoded?.ok === true && phpTruthy(decoded.value);
}

function refusalBeforeHashing(
  inUse: boolean,
  user: WordPressUser | undefined,
  password: string,
): ApplicationPasswordRefusal | undefined {
  if (!inUse) return 'not_in_use';
  if (user === undefined) return 'unknown_user';
  if (user.deleted) return 'user_deleted';
  if (user.spam) return 'user_spam';
  return password === '' ? 'empty_password' : undefined;
}

async function firstMatch(
  deps: Work,
  user: WordPressUser,
  stored: StoredPasswords,
  password: string,
): Promise<StoredPassword | undefined> {
  const tried: [Comparison, boolean][] = [];
  for (const item of stored.usable) {
    const comparison: Comparison = { userId: user.id, uuid: item.uuid, hash: item.hash.hash, password };
    const matches = await matchesHash(deps, item, comparison, tried);
    if (!matches) continue;
    // Only who knows a password may fill the cache, so guesses can't push out what it holds.
    for (const [key, verdict] of tried) deps.cache.set(key, verdict);
    return item;
  }
  if (stored.usable.length === 0) matchesFastHash(password, NOBODYS_HASH);
  return undefined;
}

async function matchesHash(
  deps: Work,
  { hash }: StoredPassword,
  comparison: Comparison,
  tried: [Comparison, boolean][],
): Promise<boolean> {
  if (hash.kind === 'fast') return matchesFastHash(comparison.password, hash.hash);
  const known = deps.cache.get(comparison);
  if (known !== undefined) return known;
  const matches = await deps.derivation.matches(comparison.password, hash);
  deps.done.add(hash.kind);
  tried.push([comparison, matches]);
  return matches;
}

async function conclude(
  deps: VerifyApplicationPasswordDeps,
  user: WordPressUser,
  stored: StoredPasswords,
  matched: StoredPassword | undefined,
): Promise<ApplicationPasswordVerdict> {
  const { unusable } = stored;
  if (stored.unreadable !== undefined) return refuse('row_unreadable', user, unusable);
  if (matched === undefined) return refuse('wrong_password', user, unusable);
  if (matched.expires !== undefined && matched.expires <= unixSeconds(deps.clock.now()))
    return refuse('expired', user, unusable);
  if (!(await deps.availability.forUser(user.id))) return refuse('disabled', user, unusable);
  return { ok: true, userId: user.id, uuid: matched.uuid, name: matched.name, unusable };
}

/** The one answer to every refusal: nobody learns which part was wrong. The reason travels as the cause, for the log. */
export function credentialsInvalid(reason: ApplicationPasswordRefusal): ChaperoneError {
  return new ChaperoneError('credentials_invalid', { cause: reason });
}
