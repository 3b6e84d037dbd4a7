import { contentDigest } from './content-digest.js';
import { readHeaders } from './header-lines.js';
import { signBase, type SigningKey } from './keys.js';
import { MAX_LIFETIME_SECONDS, NONCE_PATTERN, requiredComponents, SIGNATURE_TAG, type HeaderLine } from './profile.js';
import { publicTarget } from './request-target.js';
import { signatureBase } from './signature-base.js';

/** A request on its way out. */
export interface UnsignedRequest {
  /** Upper case. */
  readonly method: string;
  readonly url: URL;
  /** What will be sent besides the headers that signing adds; with a body, `content-type` must be among them. */
  readonly headers: readonly HeaderLine[];
  readonly body: Uint8Array;
}

export interface SigningMoment {
  /** Unix seconds. */
  readonly created: number;
  /** At most 300, which is also what it is when absent. */
  readonly lifetimeSeconds?: number;
  /** 16 to 128 characters, never used before with this key. */
  readonly nonce: string;
}

/**
 * The headers to add so that the request carries one signature of this profile: Content-Digest when there is a body,
 * Signature-Input and Signature. Everything that a verifier demands is covered, in a fixed order.
 * Throws a TypeError for what no verifier would accept, before anything is sent.
 */
export function signRequest(request: UnsignedRequest, key: SigningKey, moment: SigningMoment): readonly HeaderLine[] {
  const added: HeaderLine[] = request.body.byteLength > 0 ? [['Content-Digest', contentDigest(request.body)]] : [];
  const read = readHeaders([...request.headers, ...added]);
  if (!read.ok) throw new TypeError(read.detail);
  const { headers } = read;
  const placed = publicTarget(request.url, request.url.pathname + request.url.search, request.url.host);
  if (!placed.ok) throw new TypeError(placed.detail);
  const components = requiredComponents({
    hasBody: request.body.byteLength > 0,
    hasHeader: (name) => headers.has(name),
  });
  const params = signatureParams(components, key, moment);
  const base = signatureBase({ method: request.method, target: placed.target, headers }, components, params);
  if (base === undefined) throw new TypeError('a header that must be signed is missing or not ASCII');
  const signature = Buffer.from(signBase(key, base)).toString('base64');
  return [...added, ['Signature-Input', `${LABEL}=${params}`], ['Signature', `${LABEL}=:${signature}:`]];
}

const LABEL = 'sig1';

/** The parameters in the form of RFC 8941, section 4.1; no value here needs escaping. */
function signatureParams(components: readonly string[], key: SigningKey, moment: SigningMoment): string {
  const lifetime = moment.lifetimeSeconds ?? MAX_LIFETIME_SECONDS;
  const isInTime = Number.isInteger(lifetime) && lifetime > 0 && lifetime <= MAX_LIFETIME_SECONDS;
  if (!Number.isSafeInteger(moment.created) || !isInTime) throw new TypeError('a signature lives 1 to 300 seconds');
  if (!NONCE_PATTERN.test(moment.nonce)) throw new TypeError('a nonce has 16 to 128 printable characters');
  const list = components.map((name) => `"${name}"`).join(' ');
  const times = `created=${moment.created};expires=${moment.created + lifetime}`;
  return `(${list});${times};nonce="${moment.nonce}";keyid="${key.id}";tag="${SIGNATURE_TAG}"`;
}
