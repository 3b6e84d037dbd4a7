import { Agent as HttpAgent, request as send } from 'node:http';
import { createClient, type Call } from '../../src/client/index.js';

export interface Agent {
  readonly keyId: string;
  /** Base64. */
  readonly secret: string;
  readonly login: string;
  readonly password: string;
}

/** A request that only has to be sent: signing it is the client's work and is done beforehand. */
export interface Ready {
  readonly url: URL;
  readonly method: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Uint8Array;
}

const basicOf = ({ login, password }: Agent): string =>
  `Basic ${Buffer.from(`${login}:${password}`).toString('base64')}`;

/** The same content in both: a draft of 400 characters. */
const post = (turn: number) => ({ title: `Post ${turn}`, content: '<p>Some words.</p>'.repeat(20), status: 'draft' });

/** Straight to WordPress, by the agent's user with its application password. */
export function straight(wordpressUrl: string, agent: Agent, turn: number, id?: number): Ready {
  return {
    url: new URL(`${wordpressUrl}/?rest_route=/wp/v2/posts${id === undefined ? '' : `/${id}`}`),
    method: 'POST',
    headers: [
      ['Authorization', basicOf(agent)],
      ['Content-Type', 'application/json'],
    ],
    body: Buffer.from(JSON.stringify(post(turn))),
  };
}

export const createCall = (turn: number): Call => ({ tool: 'posts.create', args: post(turn) });
export const updateCall = (turn: number, id: number): Call => ({ tool: 'posts.update', args: { id, ...post(turn) } });

/** Signed, good for five minutes; with the application password beside the signature where `withPassword` says so. */
export function governed(
  sidecarUrl: string,
  agent: Agent,
  calls: readonly Call[],
  { withPassword }: { readonly withPassword: boolean },
): readonly Ready[] {
  const { keyId, secret, login, password } = agent;
  const client = createClient({
    url: sidecarUrl,
    keyId,
    algorithm: 'hmac-sha256',
    secret,
    ...(withPassword ? { applicationPassword: { login, password } } : {}),
  });
  return calls.map((call) => {
    const { url, headers, body } = client.sign('POST', '/v1/execute', { ...call });
    return { url: new URL(url), method: 'POST', headers, body };
  });
}

let connections = new HttpAgent({ keepAlive: true, maxSockets: 256 });

/** Sends it over a kept connection. Rejects unless the status is 2xx. */
export function deliver({ url, method, headers, body }: Ready): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const lines = { ...Object.fromEntries(headers), 'Content-Length': String(body.byteLength) };
    const outgoing = send(url, { method, headers: lines, agent: connections }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8');
        const { statusCode = 0 } = response;
        if (statusCode >= 200 && statusCode < 300) resolve(JSON.parse(text));
        else reject(new Error(`${method} ${url.pathname}: ${statusCode} ${text.slice(0, 300)}`));
      });
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

/** Before something else is measured: a connection that rested too long is closed by its server as it is used again. */
export function closeConnections(): void {
  connections.destroy();
  connections = new HttpAgent({ keepAlive: true, maxSockets: 256 });
}
