import { formatAddress, type Config } from './config.js';
import { compose, type Sidecar } from './compose.js';
import type { Logger } from './http/log.js';
import { listen, type RunningServer } from './http/server.js';
import { describeError } from './kernel/errors.js';
import { missingKeks } from './secrets/list-secrets.js';

/** Time for a load balancer to notice that /readyz fails, and for calls in flight to end. */
const DRAIN_NOTICE_MS = 500;
const DRAIN_GRACE_MS = 40_000;
const SWEEP_MS = 30_000;

/** Runs the sidecar until SIGTERM or SIGINT; a second signal ends it at once. Resolves when everything is closed. */
export async function serve(config: Config, log: Logger, onListening: (address: string) => void): Promise<void> {
  const sidecar = compose(config, log);
  if ((await sidecar.kekOpens().catch(() => undefined)) === false) {
    await sidecar.close();
    throw new Error("CHAPERONE_KEK isn't the key that this site's secrets were sealed with; nothing was changed");
  }
  const missing = await sidecar
    .listSecrets()
    .then(missingKeks)
    .catch(() => undefined);
  if (missing !== undefined) {
    await sidecar.close();
    throw new Error(`${missing}; nothing was changed`);
  }
  const server = await listenOrClose(sidecar, config);
  onListening(formatAddress(server));
  const sweep = setInterval(() => {
    const { approvals } = sidecar;
    const work = [
      sidecar.settleLostCalls(),
      sidecar.purgeNonces(),
      sidecar.purgeLimits(),
      approvals.expire(),
      approvals.resume(),
    ];
    Promise.all(work).catch((error: unknown) => {
      log.warn({ reason: String(error) }, 'the sweep failed and will be tried again');
    });
  }, SWEEP_MS);
  await new Promise<void>((resolve) => {
    const stop = (): void => {
      process.once('SIGTERM', () => process.exit(1)).once('SIGINT', () => process.exit(1));
      resolve();
    };
    process.once('SIGTERM', stop).once('SIGINT', stop);
  });
  log.info('draining');
  sidecar.drain();
  clearInterval(sweep);
  await new Promise((resolve) => setTimeout(resolve, DRAIN_NOTICE_MS));
  await server.close(DRAIN_GRACE_MS);
  await sidecar.close();
  log.info('stopped');
}

/** A port that can't be had ends the process at once, not when idle connections to the database do. */
async function listenOrClose(sidecar: Sidecar, config: Config): Promise<RunningServer> {
  try {
    return await listen(sidecar.app(), config.listen);
  } catch (cause) {
    await sidecar.close();
    throw new Error(`CHAPERONE_LISTEN ${formatAddress(config.listen)} can't be listened on: ${describeError(cause)}`, {
      cause,
    });
  }
}
