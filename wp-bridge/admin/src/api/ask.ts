import apiFetch from '@wordpress/api-fetch';
import { __ } from '@wordpress/i18n';
import type * as z from 'zod/mini';
import { problemFrom, ProblemError, silence } from './problem.js';

export interface Question {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly query?: Readonly<Record<string, string | number | undefined>>;
  readonly data?: unknown;
  readonly signal?: AbortSignal;
  /** One for each thing that a person does, kept for its repetitions. */
  readonly idempotencyKey?: string;
}

const NAMESPACE = '/ai-agent/v1';

export function pathOf(path: string, query: Question['query'] = {}): string {
  const pairs = Object.entries(query).filter(([, value]) => value !== undefined && value !== '');
  const text = new URLSearchParams(pairs.map(([name, value]) => [name, String(value)])).toString();
  return `${NAMESPACE}${path}${text === '' ? '' : `?${text}`}`;
}

async function bodyOf(response: Response): Promise<unknown> {
  try {
    return await response.json();
  } catch {
    return undefined;
  }
}

/**
 * Asks the bridge, which asks the sidecar. What comes back is what the schema says, or a ProblemError: an answer of another
 * form is a problem too, never something that a screen guesses from.
 */
export async function ask<T>(schema: z.ZodMiniType<T>, path: string, question: Question = {}): Promise<T> {
  const { method = 'GET', query, data, signal, idempotencyKey } = question;
  let response: Response;
  try {
    response = await apiFetch({
      path: pathOf(path, query),
      method,
      parse: false,
      ...(data === undefined ? {} : { data }),
      ...(signal === undefined ? {} : { signal }),
      ...(idempotencyKey === undefined ? {} : { headers: { 'Idempotency-Key': idempotencyKey } }),
    });
  } catch (error) {
    if (error instanceof Response) throw new ProblemError(problemFrom(await bodyOf(error), error.status));
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new ProblemError(silence());
  }
  const parsed = schema.safeParse(await bodyOf(response));
  if (parsed.success) return parsed.data;
  const title = __('The sidecar’s answer has another form than this screen expects.', 'chaperone');
  const next = __('Plugin and sidecar may be of different versions. Update both.', 'chaperone');
  throw new ProblemError({ ...problemFrom(undefined, response.status), title, next });
}

/** Whatever was thrown, as a problem that can be shown. */
export const problemOf = (error: unknown) =>
  error instanceof ProblemError ? error.problem : problemFrom(undefined, 0);

export const newIdempotencyKey = (): string => crypto.randomUUID();
