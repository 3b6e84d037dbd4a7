import { randomBytes } from 'node:crypto';
import { request as send, type IncomingHttpHeaders } from 'node:http';
import { signRequest, type HeaderLine, type SigningKey } from '../../src/client/index.js';

/** A request as a test wants it on the wire, whatever HTTP libraries would make of it. */
export interface TestRequest {
  readonly method?: string;
  /** Path and query, sent as it is. */
  readonly path: string;
  /** Bytes and text are sent as they are, anything else as JSON. */
  readonly body?: unknown;
  /** Default application/json when there is a body; null leaves it out. */
  readonly contentType?: string | null;
  /** Signs the request. */
  readonly key?: SigningKey;
  /** Sends `Authorization: Basic`; covered by the signature when there is one. */
  readonly user?: { readonly login: string; readonly applicationPassword: string };
  readonly idempotencyKey?: string;
  /** Covered by the signature where the profile covers them. */
  readonly headers?: readonly HeaderLine[];
  /** Sent after the signature was made. */
  readonly unsigned?: readonly HeaderLine[];
  /** Unix seconds. Default now. */
  readonly created?: number;
  readonly nonce?: string;
  /** Signed for this address instead of the one it is sent to. */
  readonly signedFor?: string;
}

export interface TestAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** The JSON, or null. Tests look into it freely. */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- a test reads answers of every shape
  readonly body: any;
}

export const basic = ({ login, applicationPassword }: NonNullable<TestRequest['user']>): string =>
  `Basic ${Buffer.from(`${login}:${applicationPassword}`).toString('base64')}`;

function bytesOf({ body }: TestRequest): Uint8Array {
  if (body === undefined) return new Uint8Array();
  if (body instanceof Uint8Array) return body;
  return Buffer.from(typeof body === 'string' ? body : JSON.stringify(body), 'utf8');
}

/** Every header line of the request but Host, Content-Length and Connection. */
export function headersOf(base: string, wanted: TestRequest): readonly HeaderLine[] {
  const { method = 'GET', path, contentType = 'application/json', key, user, idempotencyKey } = wanted;
  const body = bytesOf(wanted);
  const lines: HeaderLine[] = [
    ...(body.byteLength > 0 && contentType !== null ? [['Content-Type', contentType] as const] : []),
    ...(user === undefined ? [] : [['Authorization', basic(user)] as const]),
    ...(idempotencyKey === undefined ? [] : [['Idempotency-Key', idempotencyKey] as const]),
    ...(wanted.headers ?? []),
  ];
  const { created = Math.floor(Date.now() / 1000), nonce = randomBytes(18).toString('base64url') } = wanted;
  const url = key === undefined ? undefined : new URL((wanted.signedFor ?? base) + path);
  const signature =
    key === undefined || url === undefined
      ? []
      : signRequest({ method, url, headers: lines, body }, key, { created, nonce });
  return [...lines, ...signature, ...(wanted.unsigned ?? [])];
}

/** Sends it over a connection of its own, so that a test about connections disturbs no other. */
export function httpRequest(base: string, wanted: TestRequest): Promise<TestAnswer> {
  const { hostname, port, host } = new URL(base);
  const body = bytesOf(wanted);
  const lines = headersOf(base, wanted);
  const named = (name: string): boolean => lines.some(([each]) => each.toLowerCase() === name);
  const headers = [
    ...(named('host') ? [] : ['Host', host]),
    ...(body.byteLength === 0 || named('content-length') || named('transfer-encoding')
      ? []
      : ['Content-Length', String(body.byteLength)]),
    ...lines.flat(),
  ];
  return new Promise((resolve, reject) => {
    const outgoing = send(
      { hostname, port, method: wanted.method ?? 'GET', path: wanted.path, headers, agent: false },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          const text = Buffer.concat(chunks).toString('utf8');
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text, body: parsed(text) });
        });
      },
    );
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
