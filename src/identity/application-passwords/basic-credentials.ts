export interface BasicCredentials {
  readonly username: string;
  readonly password: string;
}

/** Longest field value read: a name of 255 and a password of 4,096 bytes with room, in base64. */
const HEADER_LIMIT = 8_192;
const PASSWORD_LIMIT = 4_096;
const SCHEME = /^basic +([A-Za-z0-9+/]+={0,2})$/i;
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Reads `Authorization: Basic` (RFC 7617): canonical base64, UTF-8, the first colon divides, no control characters in
 * either half, a password of at most 4,096 bytes. Undefined for anything else. Core is laxer about the first,
 * second and fourth; no client that follows the RFC notices.
 */
export function parseBasicCredentials(header: string): BasicCredentials | undefined {
  const encoded = header.length > HEADER_LIMIT ? undefined : SCHEME.exec(header)?.[1];
  if (encoded === undefined) return undefined;
  const bytes = Buffer.from(encoded, 'base64');
  if (bytes.toString('base64') !== encoded) return undefined;
  const text = decodeText(bytes);
  const colon = text?.indexOf(':') ?? -1;
  if (text === undefined || colon === -1) return undefined;
  const password = text.slice(colon + 1);
  if (Buffer.byteLength(password) > PASSWORD_LIMIT) return undefined;
  return { username: text.slice(0, colon), password };
}

function decodeText(bytes: Uint8Array): string | undefined {
  try {
    const text = utf8.decode(bytes);
    // eslint-disable-next-line no-control-regex -- RFC 7617, section 2 forbids CTLs
    return /[\x00-\x1f\x7f]/.test(text) ? undefined : text;
  } catch {
    return undefined;
  }
}
