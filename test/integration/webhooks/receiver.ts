import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';
import { OPERATOR } from '../../../src/audit/audit-entry.js';
import type { AgentId, WebhookEndpointId } from '../../../src/kernel/ids.js';
import type { WebhookEndpoint } from '../../../src/webhooks/outbound/endpoint.js';
import type { PairedSite } from '../../support/paired-site.js';

export interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface TestReceiver {
  readonly url: string;
  /** In the order in which they came. */
  readonly received: Received[];
  /** How the next ones are answered. Default 204 at once; 0 cuts the connection. */
  status: number;
  delayMs: number;
  types(): readonly string[];
  close(): Promise<void>;
}

/** Somebody who is sent notices. */
export async function aReceiver(): Promise<TestReceiver> {
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
    request.on('end', () => {
      receiver.received.push({ headers: request.headers, body });
      const { status } = receiver;
      setTimeout(() => {
        if (status === 0) request.socket.destroy();
        else response.writeHead(status, status === 302 ? { location: receiver.url } : {}).end();
      }, receiver.delayMs);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const receiver: TestReceiver = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/in`,
    received: [],
    status: 204,
    delayMs: 0,
    types: () => receiver.received.map(({ body }) => (JSON.parse(body) as { type: string }).type),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return receiver;
}

export interface TestEndpoint {
  readonly id: WebhookEndpointId;
  readonly secret: string;
}

export async function anEndpoint(
  { sidecar }: PairedSite,
  url: string,
  wanted: { readonly events?: WebhookEndpoint['events']; readonly agentId?: AgentId } = {},
): Promise<TestEndpoint> {
  const { events = null, agentId = null } = wanted;
  const made = await sidecar.createEndpoint({ url, events, agentId, description: '', actor: OPERATOR });
  return { id: made.endpoint.id, secret: made.secret.reveal() };
}

/** What the reference library makes of it; throws when it isn't genuine. */
export function verified({ headers, body }: Received, secret: string): { type: string; data: Record<string, unknown> } {
  return new Webhook(secret).verify(body, headers as Record<string, string>) as never;
}
