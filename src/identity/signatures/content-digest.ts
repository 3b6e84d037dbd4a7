import { createHash } from 'node:crypto';

/** The value of a Content-Digest field for these bytes, with SHA-256 (RFC 9530, section 2). */
export function contentDigest(body: Uint8Array): string {
  return `sha-256=:${createHash('sha256').update(body).digest('base64')}:`;
}
