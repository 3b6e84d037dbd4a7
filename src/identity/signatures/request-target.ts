import { refuse, type Refusal } from './profile.js';

/** The derived components of RFC 9421, section 2.2, as the client saw them. */
export interface RequestTarget {
  readonly authority: string;
  readonly path: string;
  /** With its question mark; a lone `?` when there is no query (section 2.2.7). */
  readonly query: string;
}

/** Origin form (RFC 9112, section 3.2.1) in visible ASCII, without a fragment. */
const ORIGIN_FORM = /^\/[\x21\x22\x24-\x7e]*$/;

/**
 * What the client asked for, in terms of the configured public address.
 *
 * `rawTarget` is the target as it came over the wire: nothing is decoded or re-serialised, so what was signed is what is
 * routed. Where the public address has a path of its own, a proxy may have taken it off; it is put back unless it is
 * still there, so both kinds of proxy serve the same signatures.
 *
 * `host` is the Host header. It must name the public address: a request that was signed for another site, or that a
 * proxy would route elsewhere, is refused. Forwarding headers are never consulted.
 */
export function publicTarget(
  publicUrl: URL,
  rawTarget: string,
  host: string | undefined,
): Refusal | { readonly ok: true; readonly target: RequestTarget } {
  if (host === undefined) return refuse('request_malformed', 'The header host is missing.');
  if (withoutDefaultPort(host, publicUrl) !== publicUrl.host) {
    return refuse('request_malformed', 'The header host does not name this service.');
  }
  if (!ORIGIN_FORM.test(rawTarget)) {
    return refuse('request_malformed', 'The request target must be a path in visible ASCII without a fragment.');
  }
  const mark = rawTarget.indexOf('?');
  const received = mark === -1 ? rawTarget : rawTarget.slice(0, mark);
  const query = mark === -1 ? '?' : rawTarget.slice(mark);
  return { ok: true, target: { authority: publicUrl.host, path: publicPath(publicUrl, received), query } };
}

function publicPath(publicUrl: URL, received: string): string {
  const prefix = publicUrl.pathname.replace(/\/$/, '');
  const isThere = received === prefix || received.startsWith(`${prefix}/`);
  return isThere ? received : prefix + received;
}

/** `URL.host` is lower case and without the scheme's default port (RFC 9421, section 2.2.3); Host may be neither. */
function withoutDefaultPort(host: string, publicUrl: URL): string {
  const suffix = publicUrl.protocol === 'https:' ? ':443' : ':80';
  const lower = host.toLowerCase();
  return lower.endsWith(suffix) ? lower.slice(0, -suffix.length) : lower;
}
