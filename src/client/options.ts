import { createPrivateKey, randomBytes, type KeyObject } from 'node:crypto';
import type { SigningKey } from '../identity/signatures/keys.js';
import { systemClock } from '../kernel/clock.js';
import { parseKeyId, type RandomBytes } from '../kernel/ids.js';
import { Secret } from '../kernel/secret.js';

/** A WordPress user name and an application password of that user. */
export interface ApplicationPassword {
  readonly login: string;
  readonly password: string;
}

/** The key as it was shown when it was made: HMAC secrets in base64, Ed25519 keys as PEM (PKCS #8) or a KeyObject. */
export type ClientKey =
  | { readonly algorithm: 'hmac-sha256'; readonly secret: string | Uint8Array }
  | { readonly algorithm: 'ed25519'; readonly privateKey: string | KeyObject };

export type ClientOptions = ClientKey & {
  /** The sidecar's public address, path prefix included. */
  readonly url: string | URL;
  readonly keyId: string;
  /** Sent along, and covered by the signature; without it the key's own service account acts. */
  readonly applicationPassword?: ApplicationPassword;
  /** How long one attempt may take. Default 30 000. */
  readonly timeoutMs?: number;
  readonly fetch?: typeof fetch;
  readonly now?: () => Date;
  readonly random?: RandomBytes;
  /** Waits so many milliseconds before another attempt. */
  readonly wait?: (milliseconds: number) => Promise<void>;
};

/** The options with every default filled in, and every mistake found before anything is sent. */
export interface Settings {
  readonly base: URL;
  readonly key: SigningKey;
  readonly authorization: Secret<string> | undefined;
  readonly timeoutMs: number;
  readonly fetch: typeof fetch;
  readonly now: () => Date;
  readonly random: RandomBytes;
  readonly wait: (milliseconds: number) => Promise<void>;
}

/** Throws a TypeError that names the option which is wrong, and never its value. */
export function readOptions(options: ClientOptions): Settings {
  return {
    base: readBase(options.url),
    key: readKey(options),
    authorization: options.applicationPassword && basicAuthorization(options.applicationPassword),
    timeoutMs: options.timeoutMs ?? 30_000,
    fetch: options.fetch ?? fetch,
    now: options.now ?? (() => systemClock.now()),
    random: options.random ?? randomBytes,
    wait: options.wait ?? ((milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds))),
  };
}

function readBase(url: string | URL): URL {
  const base = new URL(url);
  const isHttp = base.protocol === 'https:' || base.protocol === 'http:';
  if (!isHttp || base.search !== '' || base.hash !== '' || base.username !== '' || base.password !== '') {
    throw new TypeError('url must be an http(s) address without credentials, query or fragment');
  }
  return base;
}

function readKey(options: ClientOptions): SigningKey {
  const id = parseKeyId(options.keyId);
  if (id === undefined) throw new TypeError('keyId is not the id of a key');
  if (options.algorithm === 'ed25519') {
    const { privateKey: given } = options;
    const privateKey = typeof given === 'string' ? createPrivateKey(given) : given;
    if (privateKey.type !== 'private' || privateKey.asymmetricKeyType !== 'ed25519') {
      throw new TypeError('privateKey must be an Ed25519 private key');
    }
    return { id, algorithm: 'ed25519', privateKey };
  }
  const secret = typeof options.secret === 'string' ? fromBase64(options.secret) : options.secret;
  return { id, algorithm: 'hmac-sha256', secret: new Secret(secret) };
}

/** Node decodes whatever it is given; a secret that lost a character must not turn into another secret. */
function fromBase64(text: string): Uint8Array {
  const bytes = Buffer.from(text, 'base64');
  if (bytes.toString('base64') !== text) throw new TypeError('secret must be base64 with its padding');
  return bytes;
}

/** RFC 7617: UTF-8, and no colon in the login. */
function basicAuthorization({ login, password }: ApplicationPassword): Secret<string> {
  if (login.includes(':')) throw new TypeError('applicationPassword.login must not hold a colon');
  return new Secret(`Basic ${Buffer.from(`${login}:${password}`, 'utf8').toString('base64')}`);
}
