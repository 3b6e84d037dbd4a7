/** An access token as it was sent, with what a proof beside it is about. */
export interface TokenCredential {
  readonly scheme: 'bearer' | 'dpop';
  readonly token: string;
  /** The whole header, for whoever parses it again. */
  readonly authorization: string;
  readonly dpop: string | undefined;
  readonly method: string;
  /** As the client saw it: of the public address, whatever proxies stand between. */
  readonly url: URL;
}

const LONGEST = 8_192;
/** RFC 6750, section 2.1: `b64token`, one space or more in front. */
const FORM = /^(bearer|dpop) +([A-Za-z0-9._~+/-]+=*)$/i;

/** Whether the header names a scheme of access tokens, well-formed or not. */
export const isTokenScheme = (authorization: string): boolean => /^(?:bearer|dpop)(?:\s|$)/i.test(authorization);

/** Scheme and token, or undefined when it is neither. */
export function parseTokenHeader(authorization: string): Pick<TokenCredential, 'scheme' | 'token'> | undefined {
  const match = authorization.length > LONGEST ? null : FORM.exec(authorization);
  const [, scheme, token] = match ?? [];
  if (scheme === undefined || token === undefined) return undefined;
  return { scheme: scheme.toLowerCase() === 'dpop' ? 'dpop' : 'bearer', token };
}
