import type { HeaderLine } from '../identity/signatures/profile.js';
import type { Json, JsonObject } from '../kernel/json.js';
import { readOptions, type ClientOptions } from './options.js';
import { ChaperoneProblem } from './problem.js';
import { send, signForFetch } from './send.js';

/** A call of a tool: POST /v1/execute. */
export interface Call {
  readonly tool: string;
  readonly args: JsonObject;
  /** Decide, and do nothing. */
  readonly dryRun?: boolean;
  /** Stricter than the policy's own, or the same. */
  readonly mode?: 'suggest' | 'review' | 'autonomous';
  /** Shown to those who approve, and kept in the audit log. */
  readonly reason?: string;
}

/** What became of a call that wasn't refused; docs/api.md has the members of each. */
export type Outcome = JsonObject & {
  readonly status: 'executed' | 'dry_run' | 'pending_approval' | 'suggested';
};

export interface RequestOptions {
  /** Makes the request safe to repeat; at most 255 characters. */
  readonly idempotencyKey?: string;
}

export interface Client {
  /** Calls a tool. Makes an idempotency key when none is given, so a lost answer never runs the call twice. */
  execute(call: Call, options?: RequestOptions): Promise<Outcome>;
  /** Any other route, signed. `path` begins with a slash. */
  request(method: string, path: string, body?: Json, options?: RequestOptions): Promise<JsonObject>;
  /** The headers and the body to send with an HTTP library of one's own. The body must be sent byte for byte. */
  sign(
    method: string,
    path: string,
    body?: Json,
    options?: RequestOptions,
  ): { readonly url: string; readonly headers: readonly HeaderLine[]; readonly body: Uint8Array };
}

/**
 * A client of the sidecar's HTTP API that signs every request (RFC 9421, section 7 of the design).
 * Throws a TypeError when an option is wrong; its methods reject with `ChaperoneProblem` or `ChaperoneUnreachable`.
 */
export function createClient(options: ClientOptions): Client {
  const settings = readOptions(options);
  const requestOf = (method: string, path: string, body?: Json, { idempotencyKey }: RequestOptions = {}) => ({
    method,
    path,
    body,
    idempotencyKey,
  });
  return {
    async execute(call, { idempotencyKey = Buffer.from(settings.random(18)).toString('base64url') } = {}) {
      const answer = await send(settings, requestOf('POST', '/v1/execute', bodyOf(call), { idempotencyKey }));
      return isOutcome(answer) ? answer : unreadable();
    },
    request: (method, path, body, more) => send(settings, requestOf(method, path, body, more)),
    sign(method, path, body, more) {
      const signed = signForFetch(settings, requestOf(method, path, body, more));
      return { url: signed.url.href, headers: signed.headers, body: signed.body };
    },
  };
}

function bodyOf({ tool, args, dryRun, mode, reason }: Call): JsonObject {
  return {
    tool,
    args,
    ...(dryRun === undefined ? {} : { dryRun }),
    ...(mode === undefined ? {} : { mode }),
    ...(reason === undefined ? {} : { reason }),
  };
}

const OUTCOMES: readonly unknown[] = ['executed', 'dry_run', 'pending_approval', 'suggested'];
const isOutcome = (answer: JsonObject): answer is Outcome => OUTCOMES.includes(answer['status']);

function unreadable(): never {
  const detail = 'The answer has no status that this client knows.';
  throw new ChaperoneProblem(200, { code: 'unreadable_answer', detail }, undefined);
}
