import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import { METRICS, type GaugeName } from './names.js';
import type { Reading } from './reading.js';

/** What the parts of a call take, from its signature to its outcome. */
export type Stage = 'authenticate' | 'check' | 'decide' | 'admit' | 'run' | 'hold';

/** What is counted while requests are served. Nothing in it names a person, an address or a call: labels are few and fixed. */
export interface Metrics {
  /** `route` is the route's pattern; undefined for an address that no route has. Seconds from the first byte to the answer. */
  requestAnswered(request: {
    readonly route: string | undefined;
    readonly method: string;
    readonly status: number;
    readonly code: string | undefined;
    readonly seconds: number;
  }): void;
  decided(decision: { readonly effect: string; readonly code: string; readonly dryRun: boolean }): void;
  /** A call's end: succeeded, failed or unknown. */
  ended(outcome: string): void;
  /** The same work, with its time counted whether it ends well or not. */
  timed<A extends readonly unknown[], R>(stage: Stage, work: (...args: A) => Promise<R>): (...args: A) => Promise<R>;
  /** Text in Prometheus's exposition format, with what is read at that moment. */
  text(): Promise<{ readonly contentType: string; readonly body: string }>;
}

const REQUEST_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
const STAGE_BUCKETS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 30];
const METHODS = new Set(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS']);

const named = <K extends keyof typeof METRICS>(name: K, registry: Registry) => ({
  name,
  help: METRICS[name],
  registers: [registry],
});

/** The gauges of one reading are set at every scrape; one that can't be read is left out and says so. */
function makeGauges(registry: Registry, readings: readonly Reading[]): () => Promise<void> {
  const failed = new Gauge({ ...named('chaperone_reading_failed', registry), labelNames: ['reading'] });
  const gauges = new Map<GaugeName, Gauge>();
  const gaugeOf = (name: GaugeName, labelNames: readonly string[]): Gauge => {
    const made = gauges.get(name) ?? new Gauge({ ...named(name, registry), labelNames: [...labelNames] });
    gauges.set(name, made);
    return made;
  };
  return async () => {
    for (const gauge of gauges.values()) gauge.reset();
    await Promise.all(
      readings.map(async ({ name, read }) => {
        try {
          for (const { gauge, value, labels = {} } of await read())
            gaugeOf(gauge, Object.keys(labels)).set({ ...labels }, value);
          failed.set({ reading: name }, 0);
        } catch {
          failed.set({ reading: name }, 1);
        }
      }),
    );
  };
}

/** `seconds` is a clock that never goes back. */
export function makeMetrics(deps: { readonly readings: readonly Reading[]; readonly seconds: () => number }): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const requests = new Counter({
    ...named('chaperone_requests_total', registry),
    labelNames: ['route', 'method', 'status', 'code'],
  });
  const requestSeconds = new Histogram({
    ...named('chaperone_request_seconds', registry),
    labelNames: ['route', 'method'],
    buckets: REQUEST_BUCKETS,
  });
  const decisions = new Counter({
    ...named('chaperone_decisions_total', registry),
    labelNames: ['effect', 'code', 'dry_run'],
  });
  const outcomes = new Counter({ ...named('chaperone_outcomes_total', registry), labelNames: ['outcome'] });
  const stageSeconds = new Histogram({
    ...named('chaperone_stage_seconds', registry),
    labelNames: ['stage'],
    buckets: STAGE_BUCKETS,
  });
  const readGauges = makeGauges(registry, deps.readings);
  return {
    requestAnswered({ route = 'none', method, status, code = '', seconds }) {
      const verb = METHODS.has(method) ? method : 'other';
      requests.inc({ route, method: verb, status: String(status), code });
      requestSeconds.observe({ route, method: verb }, seconds);
    },
    decided: ({ effect, code, dryRun }) => decisions.inc({ effect, code, dry_run: String(dryRun) }),
    ended: (outcome) => outcomes.inc({ outcome }),
    timed: (stage, work) => {
      const observe = (since: number): void => stageSeconds.observe({ stage }, deps.seconds() - since);
      return async (...args) => {
        const since = deps.seconds();
        try {
          return await work(...args);
        } finally {
          observe(since);
        }
      };
    },
    async text() {
      await readGauges();
      return { contentType: registry.contentType, body: await registry.metrics() };
    },
  };
}
