import WPAPI, { type WpapiRequest, type WpapiTransport } from 'wpapi';
import type { WpClient, WpFile, WpReply, WpRequest } from './wp-client.js';
import { exchange, type TransportOptions } from './fetch-transport.js';

/** What the transport hands through wpapi, which wants objects of its own kind. */
interface Carried {
  readonly reply: WpReply;
}

/** A body on its way through wpapi, which hands on what it is given. */
class Content {
  readonly body: Buffer;
  readonly contentType: string;

  constructor(body: Buffer, contentType: string) {
    this.body = body;
    this.contentType = contentType;
  }
}

const contentOf = ({ body, file }: WpRequest): Content =>
  file === undefined
    ? new Content(Buffer.from(JSON.stringify(body ?? {}), 'utf8'), 'application/json')
    : new Content(Buffer.from(file.bytes), file.contentType);

/** The signature covers this header (profile.ts), so the name can't be exchanged on the way. */
const dispositionOf = ({ name }: WpFile) => ({ 'Content-Disposition': `attachment; filename="${name}"` });

function transportOf(options: TransportOptions): WpapiTransport {
  const via = (method: string) => async (request: WpapiRequest, data?: unknown) => {
    const headers = Object.entries(request._options.headers ?? {});
    const { body, contentType } = data instanceof Content ? data : new Content(Buffer.alloc(0), '');
    const url = new URL(request.toString());
    const carried: Carried = { reply: await exchange(options, { method, url, headers, body, contentType }) };
    return carried;
  };
  return { get: via('GET'), head: via('HEAD'), post: via('POST'), put: via('PUT'), delete: via('DELETE') };
}

/**
 * The site's REST API through wpapi, with a transport of ours in place of its superagent, which keeps credentials in
 * printable objects and follows addresses that the server names. Routes are asked as `?rest_route=…`, which WordPress
 * answers under every permalink structure (rest_api_init, parse_request).
 */
export function wpapiClient(wordpressUrl: URL, options: TransportOptions): WpClient {
  const endpoint = new URL(wordpressUrl);
  endpoint.pathname = endpoint.pathname.replace(/\/*$/, '/');
  endpoint.search = '?rest_route=/';
  const site = new WPAPI({ endpoint: endpoint.href, transport: transportOf(options), routes: {} });
  return {
    async send(wanted) {
      const { method, route, query, body, file, actingUser, callId } = wanted;
      const request = site
        .root(route)
        .param(query ?? {})
        .setHeaders({
          'AI-Agent-Acting-User': String(actingUser ?? 0),
          ...(callId === undefined ? {} : { 'AI-Agent-Call': callId }),
          ...(file === undefined ? {} : dispositionOf(file)),
        });
      const pending =
        method === 'GET'
          ? request.get()
          : method === 'POST'
            ? request.create(contentOf(wanted))
            : request.delete(body === undefined ? undefined : contentOf(wanted));
      return ((await pending) as Carried).reply;
    },
  };
}
