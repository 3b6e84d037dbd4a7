import { describeError } from '../../kernel/errors.js';
import type { JsonObject } from '../../kernel/json.js';
import type { GuardedRoute, OpenRoute } from '../route.js';
import { guarded } from '../route.js';
import type { ErrorLog } from '../problem-response.js';

/** One thing that must be in order before calls may come in. */
export interface ReadinessCheck {
  readonly name: string;
  /** Words for an operator when it isn't in order; undefined when it is. Must end by itself. */
  readonly check: () => Promise<string | undefined>;
}

const CHECK_TIMEOUT_MS = 3_000;

async function run({ name, check }: ReadinessCheck, log: ErrorLog): Promise<readonly [string, string | undefined]> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<string>((resolve) => {
    timer = setTimeout(() => resolve(`no answer in ${CHECK_TIMEOUT_MS / 1_000} seconds`), CHECK_TIMEOUT_MS);
  });
  try {
    return [name, await Promise.race([check(), late])];
  } catch (error) {
    log.warn(
      {
        check: name,
        reason: describeError(error),
        cause: error instanceof Error ? describeError(error.cause) : undefined,
      },
      'not ready',
    );
    return [name, 'failed; the log has the reason'];
  } finally {
    clearTimeout(timer);
  }
}

/** Undefined when the process leaves before all have answered. */
async function runAll(
  checks: readonly ReadinessCheck[],
  leaving: AbortSignal,
  log: ErrorLog,
): Promise<readonly (readonly [string, string | undefined])[] | undefined> {
  if (leaving.aborted) return undefined;
  const checked = new AbortController();
  const left = new Promise<undefined>((resolve) => {
    leaving.addEventListener('abort', () => resolve(undefined), { once: true, signal: checked.signal });
  });
  try {
    return await Promise.race([Promise.all(checks.map((each) => run(each, log))), left]);
  } finally {
    checked.abort();
  }
}

/** From the moment in which `leaving` is aborted a balancer hears of it at once, also where it asked before. */
export function healthRoutes(
  checks: readonly ReadinessCheck[],
  leaving: AbortSignal,
  log: ErrorLog,
): readonly OpenRoute[] {
  return [
    {
      method: 'get',
      path: '/livez',
      operationId: 'livez',
      summary: 'The process runs. Asks nothing else, so that a database that is away restarts nobody.',
      access: 'open',
      responses: { 200: 'alive' },
      handle: () => Promise.resolve({ status: 200, body: { status: 'alive' } }),
    },
    {
      method: 'get',
      path: '/readyz',
      operationId: 'readyz',
      summary: 'Whether calls can be taken: database, migrations, keys, WordPress, clock.',
      access: 'open',
      responses: { 200: 'ready', 503: 'not ready; the body says which check fails' },
      async handle() {
        const results = await runAll(checks, leaving, log);
        if (results === undefined || leaving.aborted) return { status: 503, body: { status: 'draining', checks: {} } };
        const isReady = results.every(([, problem]) => problem === undefined);
        const body: JsonObject = {
          status: isReady ? 'ready' : 'not_ready',
          checks: Object.fromEntries(results.map(([name, problem]) => [name, problem ?? 'ok'])),
        };
        return { status: isReady ? 200 : 503, body };
      },
    },
  ];
}

/** GET /v1/pairing: how the bridge finds out that both sides hold the same keys and agree about the time. */
export function pairingRoute(now: () => Date, version: string): GuardedRoute {
  return guarded({
    method: 'get',
    path: '/v1/pairing',
    operationId: 'pairing',
    summary: 'Answers the bridge alone.',
    access: 'bridge',
    capability: null,
    tokenScopes: [],
    responses: { 200: 'the keys agree' },
    handle: () => Promise.resolve({ status: 200, body: { ok: true, time: now().toISOString(), version } }),
  });
}
