import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { parseEnv } from 'node:util';
import { z } from 'zod';
import { oauthConfig, oauthFields, type OAuthConfig } from './config-oauth.js';
import { Secret } from './kernel/secret.js';

/** What the sidecar runs with; made once, at the start, from the environment and an optional file. */
export interface Config {
  readonly databaseUrl: Secret<string>;
  readonly tablePrefix: string;
  readonly wordpressUrl: URL;
  readonly publicUrl: URL;
  readonly listen: Address;
  /** Where metrics are served, without authentication; nowhere when it isn't set. */
  readonly adminListen?: Address;
  /** 32-byte keys; the first seals, all open. */
  readonly keks: readonly Secret<Uint8Array>[];
  readonly trustedProxies: readonly string[];
  /** CIDRs beyond the public Internet to which notices may go. */
  readonly webhookNetworks: readonly string[];
  /** Where limits are counted instead of the site's database. */
  readonly redisUrl?: Secret<string>;
  /** Whose access tokens are taken; without it none are. */
  readonly oauth?: OAuthConfig;
  readonly logLevel: (typeof LOG_LEVELS)[number];
}

export interface Address {
  readonly host: string;
  readonly port: number;
}

/** Every problem at once, so that an operator mends them in one go. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.problems = problems;
  }
}

const PREFIX = 'CHAPERONE_';
const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
const NAMES = [
  'DATABASE_URL',
  'TABLE_PREFIX',
  'WORDPRESS_URL',
  'PUBLIC_URL',
  'LISTEN',
  'ADMIN_LISTEN',
  'KEK',
  'TRUSTED_PROXIES',
  'WEBHOOK_NETWORKS',
  'REDIS_URL',
  'OAUTH_ISSUER',
  'OAUTH_AUDIENCE',
  'OAUTH_CLIENT_ID',
  'OAUTH_CLIENT_SECRET',
  'OAUTH_ALGORITHMS',
  'OAUTH_REQUIRE_DPOP',
  'OAUTH_STEP_UP_ACR',
  'LOG_LEVEL',
] as const;
type Name = (typeof NAMES)[number];
const SECRETS = new Set<string>(['DATABASE_URL', 'KEK', 'REDIS_URL', 'OAUTH_CLIENT_SECRET']);

type Variables = Partial<Record<Name, string>>;
type Environment = Readonly<Record<string, string | undefined>>;

/** Text of an address, a `[v6]` host in brackets. */
export const formatAddress = ({ host, port }: Address): string => `${host.includes(':') ? `[${host}]` : host}:${port}`;

export const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '[::1]' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);

function known(name: string): name is Name {
  return (NAMES as readonly string[]).includes(name);
}

/** `CHAPERONE_X_FILE` names a file that holds the secret, as container platforms hand secrets over. */
function readVariables(environment: Environment, problems: string[]): Variables {
  const variables: Variables = {};
  for (const [key, value] of Object.entries(environment)) {
    if (!key.startsWith(PREFIX) || value === undefined) continue;
    const name = key.slice(PREFIX.length);
    const fromFile = name.endsWith('_FILE') ? name.slice(0, -'_FILE'.length) : undefined;
    if (known(name)) variables[name] = value;
    else if (fromFile !== undefined && known(fromFile) && SECRETS.has(fromFile)) {
      if (environment[PREFIX + fromFile] !== undefined)
        problems.push(`${PREFIX}${fromFile} is set twice, once as a file.`);
      try {
        variables[fromFile] = readFileSync(value, 'utf8').trim();
      } catch {
        problems.push(`${key} must name a file that can be read.`);
      }
    } else problems.push(`${key} is unknown; the names are ${NAMES.map((each) => PREFIX + each).join(', ')}.`);
  }
  return variables;
}

function isDecodable(url: URL): boolean {
  try {
    decodeURIComponent(url.username + url.password + url.pathname);
    return true;
  } catch {
    return false;
  }
}

const databaseUrl = z
  .string()
  .refine((text) => {
    const url = URL.canParse(text) ? new URL(text) : undefined;
    return (
      url !== undefined &&
      /^(mysql|mariadb):$/.test(url.protocol) &&
      /^\/[^/]+$/.test(url.pathname) &&
      url.hostname !== ''
    );
  }, 'must look like mysql://user:password@host:3306/name')
  .refine((text) => !URL.canParse(text) || isDecodable(new URL(text)), 'has a % that begins no escape (write %25)')
  .refine(
    (text) => !URL.canParse(text) || (new URL(text).search === '' && new URL(text).hash === ''),
    'must have no query or fragment; none is understood',
  );

const webUrl = z
  .string()
  .refine((text) => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol), 'must be an http or https address')
  .transform((text) => new URL(text))
  .refine(
    (url) => url.username === '' && url.password === '' && url.search === '' && url.hash === '',
    'must have no user, query or fragment',
  );

const listen = z
  .string()
  .regex(/^(\[[0-9a-fA-F:]+\]|[^:\s]+):\d{1,5}$/, 'must look like 127.0.0.1:8787')
  .transform((text) => {
    const colon = text.lastIndexOf(':');
    return { host: text.slice(0, colon).replace(/^\[|\]$/g, ''), port: Number(text.slice(colon + 1)) };
  })
  .refine(({ port }) => port <= 65_535, 'has a port above 65535');

const keks = z.string().transform((text, context) =>
  text.split(',').map((part) => {
    const bytes = Buffer.from(part.trim(), 'base64');
    if (bytes.length !== 32 || bytes.toString('base64') !== part.trim()) {
      context.addIssue('must hold 32 bytes in base64 each (make one with: openssl rand -base64 32)');
    }
    return new Secret<Uint8Array>(bytes);
  }),
);

const list = z.string().transform((text) =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== ''),
);

/** A proxy's address, or a range of them as CIDR (RFC 4632, RFC 4291). */
function isNetwork(text: string): boolean {
  const [address = '', bits, ...more] = text.split('/');
  const version = isIP(address);
  if (version === 0 || more.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128));
}

const httpsOrLoopback = ({ protocol, hostname }: URL): boolean => protocol === 'https:' || isLoopback(hostname);

const schema = z.object({
  DATABASE_URL: databaseUrl,
  TABLE_PREFIX: z
    .string()
    .regex(/^[A-Za-z0-9_]{1,20}$/, 'may hold letters, digits and _')
    .default('wp_'),
  WORDPRESS_URL: webUrl,
  PUBLIC_URL: webUrl.refine(httpsOrLoopback, 'must be https unless its host is loopback'),
  LISTEN: listen.default({ host: '127.0.0.1', port: 8787 }),
  ADMIN_LISTEN: listen.optional(),
  KEK: keks,
  TRUSTED_PROXIES: list
    .refine((networks) => networks.every(isNetwork), 'must hold addresses or CIDR ranges such as 10.0.0.0/8')
    .default([]),
  WEBHOOK_NETWORKS: list
    .refine((networks) => networks.every(isNetwork), 'must hold addresses or CIDR ranges such as 10.0.0.0/8')
    .default([]),
  REDIS_URL: z
    .string()
    .refine(
      (text) => URL.canParse(text) && /^rediss?:$/.test(new URL(text).protocol),
      'must look like redis://:password@host:6379/0',
    )
    .optional(),
  ...oauthFields(httpsOrLoopback),
  LOG_LEVEL: z.enum(LOG_LEVELS).default('info'),
});

/**
 * Reads the configuration (section 12 of the contract). The environment wins over the file's text.
 * @throws ConfigError with every problem; secrets are never quoted in it.
 */
export function readConfig(environment: Environment, fileText = ''): Config {
  const problems: string[] = [];
  const merged: Record<string, string | undefined> = { ...parseEnv(fileText) };
  for (const [key, value] of Object.entries(environment)) if (key.startsWith(PREFIX)) merged[key] = value;
  const parsed = schema.safeParse(readVariables(merged, problems));
  if (!parsed.success) {
    for (const issue of parsed.error.issues) {
      const missing = issue.code === 'invalid_type' && issue.message.includes('undefined');
      problems.push(`${PREFIX}${issue.path.join('.')} ${missing ? 'is missing' : issue.message}.`);
    }
  }
  const oauth = parsed.success ? oauthConfig(parsed.data, problems) : undefined;
  if (!parsed.success || problems.length > 0) throw new ConfigError(problems);
  const { data } = parsed;
  return Object.freeze({
    databaseUrl: new Secret(data.DATABASE_URL),
    tablePrefix: data.TABLE_PREFIX,
    wordpressUrl: data.WORDPRESS_URL,
    publicUrl: data.PUBLIC_URL,
    listen: data.LISTEN,
    keks: data.KEK,
    trustedProxies: data.TRUSTED_PROXIES,
    webhookNetworks: data.WEBHOOK_NETWORKS,
    logLevel: data.LOG_LEVEL,
    ...(data.ADMIN_LISTEN === undefined ? {} : { adminListen: data.ADMIN_LISTEN }),
    ...(oauth === undefined ? {} : { oauth }),
    ...(data.REDIS_URL === undefined ? {} : { redisUrl: new Secret(data.REDIS_URL) }),
  });
}

/** The process's own environment with an optional `--env-file`; the only place that reads either. */
export function readProcessConfig(envFile?: string, overrides: Environment = {}): Config {
  let text = '';
  if (envFile !== undefined) {
    try {
      text = readFileSync(envFile, 'utf8');
    } catch {
      throw new ConfigError([`--env-file can't be read: ${envFile}`]);
    }
  }
  return readConfig({ ...process.env, ...overrides }, text);
}
