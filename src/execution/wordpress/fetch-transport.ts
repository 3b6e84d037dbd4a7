import type { WpReply } from './wp-client.js';
import { parseStrictJsonBytes } from '../../kernel/strict-json.js';
import { traceHeaders, type Trace } from '../../kernel/trace-context.js';

/** Signs a request on its way to WordPress; the secret stays in its closure. */
export type SignOutgoing = (request: {
  readonly method: string;
  readonly url: URL;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Uint8Array;
}) => Promise<readonly (readonly [string, string])[]>;

export interface TransportOptions {
  readonly fetch: typeof fetch;
  readonly sign: SignOutgoing;
  readonly timeoutMs: number;
  readonly maxBytes: number;
  /** The trace that a request belongs to, told to WordPress beside the signature, which doesn't cover it. */
  readonly trace: () => Trace | undefined;
}

/** Failures before a byte was sent, by the codes of Node's sockets and of its fetch. */
const NEVER_LEFT =
  /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT_TIMEOUT|ERR_TLS_.*|CERT_.*|DEPTH_ZERO_.*|SELF_SIGNED_.*|UNABLE_TO_.*)$/;

function codeOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return '';
  const inner = 'cause' in error ? codeOf(error.cause) : '';
  if (inner !== '') return inner;
  return 'code' in error && typeof error.code === 'string' ? error.code : '';
}

function failureOf(error: unknown): WpReply {
  const code = codeOf(error);
  if (NEVER_LEFT.test(code)) return { kind: 'unreachable', reason: code };
  // A DOMException (AbortSignal.timeout), which isn't an Error of every realm.
  const timedOut = typeof error === 'object' && error !== null && 'name' in error && error.name === 'TimeoutError';
  return { kind: 'lost', reason: timedOut ? 'no answer in time' : code === '' ? 'the connection broke' : code };
}

async function readLimited(response: Response, maxBytes: number): Promise<Uint8Array | undefined> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    const bytes = chunk as Uint8Array;
    size += bytes.byteLength;
    if (size > maxBytes) return undefined;
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
}

function count(header: string | null): number | undefined {
  return header !== null && /^\d{1,9}$/.test(header) ? Number(header) : undefined;
}

/**
 * One request and its answer: signed, bounded in time and size, never following a redirect (it would carry the
 * signature's authority to a place that WordPress chose), and nothing of it kept in an object that can be printed.
 */
export async function exchange(
  options: TransportOptions,
  request: {
    readonly method: string;
    readonly url: URL;
    readonly headers: readonly (readonly [string, string])[];
    /** Empty: none, and then no Content-Type. */
    readonly body: Buffer;
    readonly contentType: string;
  },
): Promise<WpReply> {
  const { body, contentType } = request;
  const headers = [...request.headers, ...(body.length > 0 ? ([['Content-Type', contentType]] as const) : [])];
  const signature = await options.sign({ method: request.method, url: request.url, headers, body });
  const trace = options.trace();
  const traced = trace === undefined ? [] : traceHeaders(trace);
  try {
    const response = await options.fetch(request.url, {
      method: request.method,
      headers: [...headers, ...signature, ...traced].map(([name, value]) => [name, value]),
      redirect: 'manual',
      signal: AbortSignal.timeout(options.timeoutMs),
      ...(body.length > 0 ? { body } : {}),
    });
    const bytes = await readLimited(response, options.maxBytes);
    if (bytes === undefined)
      return { kind: 'lost', reason: `an answer of more than ${options.maxBytes} bytes`, answered: true };
    const isJson = /^application\/(?:[a-z.+-]*\+)?json\b/i.test(response.headers.get('content-type') ?? '');
    const parsed = isJson ? parseStrictJsonBytes(bytes) : undefined;
    if (parsed?.ok !== true) {
      // A redirect or an error page comes from before WordPress's REST API; a 2xx that isn't JSON may come after the deed.
      return response.status >= 300 && response.status < 500
        ? { kind: 'answered', status: response.status, body: null, total: undefined, totalPages: undefined }
        : { kind: 'lost', reason: `status ${response.status} without readable JSON`, answered: true };
    }
    const { headers: received } = response;
    return {
      kind: 'answered',
      status: response.status,
      body: parsed.value,
      total: count(received.get('x-wp-total')),
      totalPages: count(received.get('x-wp-totalpages')),
    };
  } catch (error) {
    return failureOf(error);
  }
}
