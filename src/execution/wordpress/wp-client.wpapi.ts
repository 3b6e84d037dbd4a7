import WPAPI, { type WpapiRequest, type WpapiTransport } from 'wpapi';
import type { WpClient, WpReply } from './wp-client.js';
import { exchange, type TransportOptions } from './fetch-transport.js';

/** What the transport hands through wpapi, which wants objects of its own kind. */
interface Carried {
  readonly reply: WpReply;
}

function transportOf(options: TransportOptions): WpapiTransport {
  const via = (method: string) => async (request: WpapiRequest, data?: unknown) => {
    const headers = Object.entries(request._options.headers ?? {});
    const body = data === undefined ? '' : JSON.stringify(data);
    const carried: Carried = {
      reply: await exchange(options, { method, url: new URL(request.toString()), headers, body }),
    };
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
    async send({ method, route, query, body, actingUser, callId }) {
      const request = site
        .root(route)
        .param(query ?? {})
        .setHeaders({
          'AI-Agent-Acting-User': String(actingUser ?? 0),
          ...(callId === undefined ? {} : { 'AI-Agent-Call': callId }),
        });
      const pending =
        method === 'GET' ? request.get() : method === 'POST' ? request.create(body ?? {}) : request.delete(body);
      return ((await pending) as Carried).reply;
    },
  };
}
