import { AsyncLocalStorage } from 'node:async_hooks';
import type { RequestHandler } from 'express';
import { continueTrace, type Trace } from '../kernel/trace-context.js';

/** Which trace the work at hand belongs to, from a request's arrival to what WordPress is asked because of it. */
export interface Tracing {
  /** Undefined where no request is being answered, such as in a sweep. */
  current(): Trace | undefined;
  readonly middleware: RequestHandler;
}

export function makeTracing(random: (size: number) => Uint8Array): Tracing {
  const storage = new AsyncLocalStorage<Trace>();
  return {
    current: () => storage.getStore(),
    middleware: ({ headers: { traceparent, tracestate } }, response, next) => {
      const single = (value: string | string[] | undefined): string | undefined =>
        typeof value === 'string' ? value : undefined;
      const trace = continueTrace({ traceparent: single(traceparent), tracestate: single(tracestate) }, random);
      response.locals['trace'] = { traceId: trace.traceId, spanId: trace.spanId, parentId: trace.parentId };
      storage.run(trace, next);
    },
  };
}
