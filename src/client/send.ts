import type { HeaderLine } from '../identity/signatures/profile.js';
import { signRequest } from '../identity/signatures/sign.js';
import { unixSeconds } from '../kernel/clock.js';
import type { Json, JsonObject } from '../kernel/json.js';
import type { Settings } from './options.js';
import { type ChaperoneProblem, ChaperoneUnreachable, readAnswer } from './problem.js';

/** One call of the API, before it is signed. */
export interface ApiRequest {
  readonly method: string;
  /** Begins with a slash; relative to the public address. */
  readonly path: string;
  readonly body: Json | undefined;
  readonly idempotencyKey: string | undefined;
}

/** With these bytes, and with no others, the signature holds. */
export interface SignedFetch {
  readonly url: URL;
  readonly method: string;
  readonly headers: readonly HeaderLine[];
  readonly body: Uint8Array;
}

const MAX_RETRIES = 2;
/** A caller who is asked to wait longer hears about it instead. */
const MAX_WAIT_SECONDS = 30;

/** Signs a request afresh: each attempt has its own nonce, and the idempotency key stays. */
export function signForFetch(settings: Settings, request: ApiRequest): SignedFetch {
  const url = new URL(settings.base.href.replace(/\/$/, '') + request.path);
  if (url.origin !== settings.base.origin || !request.path.startsWith('/') || url.hash !== '') {
    throw new TypeError('path must begin with a slash and have no fragment');
  }
  const method = request.method.toUpperCase();
  const body = request.body === undefined ? new Uint8Array() : Buffer.from(JSON.stringify(request.body), 'utf8');
  const { authorization } = settings;
  const headers: readonly HeaderLine[] = [
    ['Accept', 'application/json, application/problem+json'],
    ...(body.byteLength > 0 ? [['Content-Type', 'application/json'] as const] : []),
    ...(authorization === undefined ? [] : [['Authorization', authorization.reveal()] as const]),
    ...(request.idempotencyKey === undefined ? [] : [['Idempotency-Key', request.idempotencyKey] as const]),
  ];
  const nonce = Buffer.from(settings.random(18)).toString('base64url');
  const moment = { created: unixSeconds(settings.now()), nonce };
  return {
    url,
    method,
    headers: [...headers, ...signRequest({ method, url, headers, body }, settings.key, moment)],
    body,
  };
}

/**
 * Sends a request and answers with the JSON object that came back.
 * Only a request with an idempotency key is tried again, twice at most: when no answer came, when the first attempt is
 * still running (409), and when the sidecar says when to come back (503 with Retry-After).
 * Rejects with `ChaperoneProblem` (it was refused) or `ChaperoneUnreachable` (nobody knows).
 */
export async function send(settings: Settings, request: ApiRequest): Promise<JsonObject> {
  for (let attempt = 0; ; attempt += 1) {
    const answer = await attemptOnce(settings, request);
    if (!(answer instanceof Error)) return answer;
    const seconds =
      attempt < MAX_RETRIES && request.idempotencyKey !== undefined ? waitBefore(answer, attempt) : undefined;
    if (seconds === undefined) throw answer;
    await settings.wait(seconds * 1000);
  }
}

function waitBefore(failure: ChaperoneProblem | ChaperoneUnreachable, attempt: number): number | undefined {
  if (failure instanceof ChaperoneUnreachable) return 2 ** attempt;
  const { status, code, retryAfter } = failure;
  const isWorthIt = code === 'idempotency_in_progress' || (status === 503 && retryAfter !== undefined);
  const seconds = retryAfter ?? 2 ** attempt;
  return isWorthIt && seconds <= MAX_WAIT_SECONDS ? seconds : undefined;
}

async function attemptOnce(
  settings: Settings,
  request: ApiRequest,
): Promise<JsonObject | ChaperoneProblem | ChaperoneUnreachable> {
  const { url, method, headers, body } = signForFetch(settings, request);
  try {
    const response = await settings.fetch(url, {
      method,
      headers: headers.map(([name, value]) => [name, value]),
      redirect: 'error', // a redirect would carry the credential to another address
      signal: AbortSignal.timeout(settings.timeoutMs),
      ...(body.byteLength > 0 ? { body } : {}),
    });
    return readAnswer(response, await response.text());
  } catch (error) {
    return new ChaperoneUnreachable(`no answer from ${url.host}`, { cause: error });
  }
}
