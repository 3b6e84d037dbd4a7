import { createHash, createHmac, createPrivateKey, createPublicKey, sign, type KeyObject } from 'node:crypto';

export type Header = readonly [name: string, value: string];

export interface Vector {
  readonly name: string;
  readonly description: string;
  readonly key: {
    readonly id: string;
    readonly algorithm: string;
    readonly secret?: string;
    readonly publicKey?: string;
  };
  readonly publicUrl?: string;
  readonly request: {
    readonly method: string;
    readonly url: string;
    readonly headers: readonly Header[];
    readonly body: string;
  };
  readonly now: number;
  readonly expect: { readonly ok: true } | { readonly ok: false; readonly code: string };
}

export const NOW = 1795377600; // 2026-11-22T20:00:00Z
const seedOf = (text: string): Buffer => createHash('sha256').update(`chaperone test vector: ${text}`).digest();

export const HMAC_KEY = {
  id: 'key_vectors',
  algorithm: 'hmac-sha256',
  secret: seedOf('hmac').toString('base64'),
} as const;
const ed25519Private: KeyObject = createPrivateKey({
  key: Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seedOf('ed25519')]), // RFC 8410, section 7
  format: 'der',
  type: 'pkcs8',
});
const publicKey = createPublicKey(ed25519Private).export({ format: 'jwk' }).x ?? '';
export const ED25519_KEY = {
  id: 'key_vectors_ed25519',
  algorithm: 'ed25519',
  publicKey: Buffer.from(publicKey, 'base64url').toString('base64'),
} as const;

export const digest = (body: string, algorithm: 'sha-256' | 'sha-512' = 'sha-256'): string =>
  `${algorithm}=:${createHash(algorithm.replace('-', '')).update(body, 'utf8').digest('base64')}:`;

/** Everything of a signed request that a case may want to bend. What isn't given is right. */
export interface Craft {
  readonly method?: string;
  readonly url?: string;
  readonly body?: string;
  /** Sent besides Host and, with a body, Content-Type and Content-Digest. */
  readonly headers?: readonly Header[];
  readonly host?: string;
  readonly digest?: string;
  readonly contentType?: string | null;
  readonly components?: readonly string[];
  readonly algorithm?: 'hmac-sha256' | 'ed25519';
  readonly created?: number | string;
  readonly expires?: number | string;
  readonly nonce?: string;
  readonly keyid?: string;
  readonly tag?: string;
  readonly alg?: string;
  /** Replaces all the parameters. */
  readonly params?: string;
  readonly label?: string;
  /** Values for the signature base that aren't those of the request (component to value). */
  readonly signedAs?: Readonly<Record<string, string>>;
}

export interface Crafted {
  readonly method: string;
  readonly url: string;
  readonly headers: readonly Header[];
  readonly body: string;
}

/**
 * Signs a request by hand, with none of the product's code, so that the vectors say what the RFC says and not what the
 * code does.
 */
export function craft(options: Craft = {}): Crafted {
  const method = options.method ?? 'POST';
  const url = options.url ?? 'https://sidecar.example/v1/execute';
  const body = options.body ?? (method === 'POST' ? '{"tool":"site.info","args":{}}' : '');
  const headers = plainHeaders(options, url, body);
  const components = options.components ?? usualComponents(headers, body);
  const list = `(${components.map((item) => (item.startsWith('"') ? item : `"${item}"`)).join(' ')})`;
  const input = list + (options.params ?? usualParams(options));
  const values = { ...derivedValues(method, url), ...options.signedAs };
  const lines = components.map((item) => baseLine(item, headers, values));
  const base = [...lines, `"@signature-params": ${input}`].join('\n');
  const label = options.label ?? 'sig1';
  const signature: readonly Header[] = [
    ['Signature-Input', `${label}=${input}`],
    ['Signature', `${label}=:${signatureOf(base, options.algorithm ?? 'hmac-sha256')}:`],
  ];
  return { method, url, headers: [...headers, ...signature], body };
}

function plainHeaders(options: Craft, url: string, body: string): readonly Header[] {
  const contentType = options.contentType === undefined ? 'application/json' : options.contentType;
  const ofBody: Header[] = [];
  if (body !== '' && contentType !== null) ofBody.push(['Content-Type', contentType]);
  if (body !== '') ofBody.push(['Content-Digest', options.digest ?? digest(body)]);
  return [['Host', options.host ?? new URL(url).host], ...ofBody, ...(options.headers ?? [])];
}

export function usualComponents(headers: readonly Header[], body: string): readonly string[] {
  const sent = new Set(headers.map(([name]) => name.toLowerCase()));
  const whenSent = ['authorization', 'idempotency-key', 'ai-agent-acting-user'].filter((name) => sent.has(name));
  const ofBody = body === '' ? [] : ['content-digest', 'content-type'];
  return ['@method', '@authority', '@path', '@query', ...ofBody, ...whenSent];
}

function usualParams(options: Craft): string {
  const created = options.created ?? NOW;
  const expires = options.expires ?? Number(created) + 300;
  const alg = options.alg === undefined ? '' : `;alg="${options.alg}"`;
  const keyid = options.keyid ?? (options.algorithm === 'ed25519' ? ED25519_KEY.id : HMAC_KEY.id);
  const nonce = options.nonce ?? 'nonce-0123456789abcdef';
  return `;created=${created};expires=${expires};nonce="${nonce}";keyid="${keyid}"${alg};tag="${options.tag ?? 'ai-agent'}"`;
}

function derivedValues(method: string, url: string): Readonly<Record<string, string>> {
  const { host, pathname, search } = new URL(url);
  return { '@method': method, '@authority': host, '@path': pathname, '@query': search === '' ? '?' : search };
}

/** Items with parameters (`"@method";req`) are signed as if the parameters meant nothing: the likeliest forgery. */
function baseLine(item: string, headers: readonly Header[], values: Readonly<Record<string, string>>): string {
  const identifier = item.startsWith('"') ? item : `"${item}"`;
  const name = /^"([^"]*)"/.exec(identifier)?.[1] ?? '';
  const sent = headers
    .filter(([header]) => header.toLowerCase() === name.toLowerCase())
    .map(([, value]) => value.trim());
  return `${identifier}: ${values[name] ?? sent.join(', ')}`;
}

function signatureOf(base: string, algorithm: 'hmac-sha256' | 'ed25519'): string {
  return algorithm === 'ed25519'
    ? sign(null, Buffer.from(base), ed25519Private).toString('base64')
    : createHmac('sha256', Buffer.from(HMAC_KEY.secret, 'base64')).update(base).digest('base64');
}
