import type { Headers } from './header-lines.js';
import type { RequestTarget } from './request-target.js';

/** What a signature can cover: derived components and header fields, nothing else. */
export interface SignableRequest {
  readonly method: string;
  readonly target: RequestTarget;
  readonly headers: Headers;
}

/** Field values are signed as ASCII (RFC 9421, section 2.1); header-lines.ts has refused control characters. */
const ASCII = /^[\t\x20-\x7e]*$/;

/**
 * The value of one component (RFC 9421, sections 2.1 and 2.2), or undefined when the request lacks it or it can't be
 * signed. `name` is lower case and without parameters.
 */
export function componentValue(request: SignableRequest, name: string): string | undefined {
  switch (name) {
    case '@method':
      return request.method;
    case '@authority':
      return request.target.authority;
    case '@path':
      return request.target.path;
    case '@query':
      return request.target.query;
    default: {
      const value = request.headers.get(name);
      return value !== undefined && ASCII.test(value) ? value : undefined;
    }
  }
}

/**
 * The bytes that are signed (RFC 9421, section 2.5): one line per component, in the order of the list, then the
 * parameters in the very form in which Signature-Input carries them. Undefined when a component can't be found.
 */
export function signatureBase(
  request: SignableRequest,
  components: readonly string[],
  signatureParams: string,
): Uint8Array | undefined {
  const lines: string[] = [];
  for (const name of components) {
    const value = componentValue(request, name);
    if (value === undefined) return undefined;
    lines.push(`"${name}": ${value}`);
  }
  lines.push(`"@signature-params": ${signatureParams}`);
  return Buffer.from(lines.join('\n'), 'latin1');
}
