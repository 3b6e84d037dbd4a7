import type { ErrorRequestHandler, Request, Response } from 'express';
import { challengesFor, type TokenResource } from './challenges.js';
import { ChaperoneError, ERRORS, describeError } from '../kernel/errors.js';
import { problemBody } from '../kernel/problem.js';

export interface ErrorLog {
  error(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

/** Faults that Express and its body reader find before a handler runs (http-errors: `type`, `status`). */
function fromExpress(error: unknown): ChaperoneError | undefined {
  if (error instanceof URIError)
    return new ChaperoneError('request_malformed', { detail: "The address can't be decoded." });
  if (typeof error !== 'object' || error === null || !('status' in error)) return undefined;
  switch (error.status) {
    case 413:
      return new ChaperoneError('request_too_large', { detail: 'The body is larger than this route takes.' });
    case 415:
      return new ChaperoneError('unsupported_media_type', { detail: 'The body must come without content encoding.' });
    default:
      return typeof error.status === 'number' && error.status < 500
        ? new ChaperoneError('request_malformed')
        : undefined;
  }
}

function sendProblem(response: Response, error: ChaperoneError, reference: string): void {
  const { status } = ERRORS[error.code];
  const { retryAfter } = error.extras;
  if (retryAfter !== undefined) response.setHeader('Retry-After', String(Math.max(1, Math.ceil(retryAfter))));
  response
    .status(status)
    .setHeader('Cache-Control', 'no-store')
    .type('application/problem+json')
    .send(JSON.stringify(problemBody(error, reference)));
}

const contextOf = (request: Request, { locals }: Response) => ({
  authorization: request.headers.authorization,
  scopes: (locals['scopes'] ?? []) as readonly string[],
});

/**
 * The only place where an error becomes a response. What isn't one of ours becomes `database_unavailable` or
 * `internal`, with its cause in the log alone.
 */
export function problemHandler(deps: {
  readonly log: ErrorLog;
  readonly asDatabaseError: (error: unknown) => ChaperoneError | undefined;
  readonly tokenResource: TokenResource | null;
}): ErrorRequestHandler {
  return (error: unknown, request, response, next) => {
    if (response.headersSent) {
      next(error);
      return;
    }
    const reference = String(response.locals['requestId']);
    const known = error instanceof ChaperoneError ? error : (fromExpress(error) ?? deps.asDatabaseError(error));
    const refusal = known ?? new ChaperoneError('internal', { cause: error });
    response.locals['code'] = refusal.code;
    const { cause } = refusal.extras;
    const fields = {
      requestId: reference,
      ...(response.locals['trace'] as object | undefined),
      code: refusal.code,
      path: request.path,
      ...(cause === undefined ? {} : { cause: describeError(cause) }),
    };
    if (ERRORS[refusal.code].status >= 500)
      deps.log.error({ ...fields, stack: cause instanceof Error ? cause.stack : undefined }, refusal.message);
    else deps.log.warn(fields, 'refused');
    const challenges = challengesFor(
      refusal,
      ERRORS[refusal.code].status,
      contextOf(request, response),
      deps.tokenResource,
    );
    if (challenges.length > 0) response.setHeader('WWW-Authenticate', challenges);
    sendProblem(response, refusal, reference);
  };
}
