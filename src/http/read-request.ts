import type { Request } from 'express';
import type { z } from 'zod';
import type { IncomingRequest } from '../identity/authenticate.js';
import { pairHeaderLines } from '../identity/signatures/index.js';
import { ChaperoneError } from '../kernel/errors.js';
import type { Json } from '../kernel/json.js';
import { parseStrictJsonBytes } from '../kernel/strict-json.js';

const bytesOf = (request: Request): Uint8Array => (Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0));

/** The raw request for the signature: the target as it was on the wire, the body before anybody parsed it. */
export function incoming(request: Request): IncomingRequest {
  return {
    method: request.method,
    rawTarget: request.originalUrl,
    rawHeaders: pairHeaderLines(request.rawHeaders),
    body: bytesOf(request),
    ip: request.ip ?? null,
  };
}

function fit<T>(schema: z.ZodType<T>, value: unknown, where: string): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const path = issue === undefined ? '' : issue.path.map(String).join('/');
  throw new ChaperoneError('request_malformed', {
    detail: `${where}${path === '' ? '' : `/${path}`}: ${issue?.message ?? 'invalid'}.`,
  });
}

/** The JSON body, strict and fitting its schema. @throws unsupported_media_type, request_malformed */
export function readBody<T>(request: Request, schema: z.ZodType<T>): T {
  const type = request.headers['content-type'] ?? '';
  if (!/^application\/json\s*(;\s*charset\s*=\s*"?utf-8"?\s*)?$/i.test(type)) {
    throw new ChaperoneError('unsupported_media_type', { detail: 'The body must be application/json in UTF-8.' });
  }
  const parsed = parseStrictJsonBytes(bytesOf(request));
  if (!parsed.ok) throw new ChaperoneError('request_malformed', { detail: parsed.detail });
  const value: Json = parsed.value;
  return fit(schema, value, 'body');
}

/** The query, each name at most once. @throws request_malformed */
export function readQuery<T>(request: Request, schema: z.ZodType<T>): T {
  const query: Record<string, string> = {};
  const mark = request.originalUrl.indexOf('?');
  for (const [name, value] of new URLSearchParams(mark === -1 ? '' : request.originalUrl.slice(mark))) {
    if (Object.hasOwn(query, name))
      throw new ChaperoneError('request_malformed', { detail: `The query names ${name.slice(0, 50)} twice.` });
    Object.defineProperty(query, name, { value, enumerable: true });
  }
  return fit(schema, query, 'query');
}

const KEY_FORM = /^[\x21-\x7e](?:[\x20-\x7e]{0,253}[\x21-\x7e])?$/;

/**
 * `Idempotency-Key`: a structured field's string (draft-ietf-httpapi-idempotency-key-header), or bare, as most clients
 * send it; both spell the same key. At most 255 characters.
 */
export function readIdempotencyKey(request: Request): string | null {
  const lines = pairHeaderLines(request.rawHeaders).filter(([name]) => name.toLowerCase() === 'idempotency-key');
  const [line] = lines;
  if (line === undefined) return null;
  const quoted = /^"((?:[^"\\]|\\["\\])*)"$/.exec(line[1]);
  const key = quoted === null ? line[1] : (quoted[1] ?? '').replace(/\\(["\\])/g, '$1');
  if (lines.length > 1 || key.length > 255 || !KEY_FORM.test(key)) {
    throw new ChaperoneError('request_malformed', {
      detail: 'Idempotency-Key must come once and hold 1 to 255 printable characters.',
    });
  }
  return key;
}
