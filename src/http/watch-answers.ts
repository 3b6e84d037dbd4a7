import type { RequestHandler } from 'express';

/** A request that was answered, or whose client went away first (status 499, as nginx writes it). */
export interface AnsweredRequest {
  readonly route: string | undefined;
  readonly method: string;
  readonly status: number;
  readonly code: string | undefined;
  readonly seconds: number;
}

export type OnAnswered = (request: AnsweredRequest) => void;

const CLIENT_GONE = 499;
const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

export function watchAnswers(onAnswered: OnAnswered): RequestHandler {
  return (request, response, next) => {
    const since = performance.now();
    response.once('close', () => {
      const { route, code } = response.locals;
      onAnswered({
        route: text(route),
        method: request.method,
        status: response.writableFinished ? response.statusCode : CLIENT_GONE,
        code: text(code),
        seconds: (performance.now() - since) / 1_000,
      });
    });
    next();
  };
}
