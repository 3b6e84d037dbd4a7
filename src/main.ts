import { setTimeout as pause } from 'node:timers/promises';
import { formatAddress, type Address, type Config } from './config.js';
import { compose, type Sidecar } from './compose.js';
import type { Logger } from './http/log.js';
import { listen, type RunningServer } from './http/server.js';
import { describeError } from './kernel/errors.js';
import { oneAtATime } from './kernel/rounds.js';
import { missingKeks } from './secrets/list-secrets.js';

/** Time for a load balancer to notice that /readyz fails: some rounds of a balancer that asks every half second, on a machine that is slow to answer. */
const DRAIN_NOTICE_MS = 1_500;
const DRAIN_GRACE_MS = 40_000;
const SWEEP_MS = 30_000;
/** What calls only remember is written this often. */
const NOTES_MS = 5_000;
/** How long a notice may lie before it is looked for. */
const NOTICES_MS = 1_000;

/** Runs the sidecar until SIGTERM or SIGINT; a second signal ends it at once. Resolves when everything is closed. */
export async function serve(
  config: Config,
  log: Logger,
  onListening: (address: string, adminAddress: string | undefined) => void,
): Promise<void> {
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
  const servers = await listenOrClose(sidecar, config);
  onListening(formatAddress(servers.public), servers.admin && formatAddress(servers.admin));
  const parts = sweeps(sidecar);
  const sweep = setInterval(() => {
    Promise.all(parts.map((part) => part())).catch((error: unknown) => {
      log.warn({ reason: String(error) }, 'the sweep failed and will be tried again');
    });
  }, SWEEP_MS);
  const stopNotices = keepSendingNotices(sidecar, log);
  const notes = setInterval(() => {
    Promise.all([sidecar.noteKeyUses(), sidecar.writeRefusedUses()]).catch((error: unknown) => {
      log.warn({ reason: describeError(error) }, 'uses could not be written down and will be tried again');
    });
  }, NOTES_MS);
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
  clearInterval(notes);
  await new Promise((resolve) => setTimeout(resolve, DRAIN_NOTICE_MS));
  await Promise.all([servers.public.close(DRAIN_GRACE_MS), stopNotices()]);
  await servers.admin?.close(0);
  await sidecar.close();
  log.info('stopped');
}

/** What was left behind is settled, what is over is deleted. A part that has much to do isn't joined by its next turn. */
function sweeps(sidecar: Sidecar): readonly (() => Promise<unknown>)[] {
  const { approvals, evidence } = sidecar;
  const parts: readonly (() => Promise<unknown>)[] = [
    () => sidecar.settleLostCalls().then(() => sidecar.reconcileCalls()),
    () => sidecar.purgeNonces(),
    () => sidecar.eraseEndedKeys(),
    () => sidecar.purgeLimits(),
    () => sidecar.purgePreImages(),
    () => sidecar.purgeAnswers(),
    () => sidecar.purgeDeliveries(),
    () => approvals.expire(),
    () => approvals.escalate(),
    () => approvals.readBack(),
    () => approvals.resume(),
    () => evidence.scheduledCheckpoint().then(evidence.retention),
  ];
  return parts.map(oneAtATime);
}

/** Until it is stopped, which waits for what is on its way: whatever is cut off is sent again, by this process or another. */
function keepSendingNotices(sidecar: Sidecar, log: Logger): () => Promise<void> {
  const stopped = new AbortController();
  const sent = (): Promise<number> =>
    sidecar.deliverNotices().catch((error: unknown) => {
      log.warn({ reason: describeError(error) }, 'sending notices failed and will be tried again');
      return 0;
    });
  const loop = async (): Promise<void> => {
    await sidecar.ensureMail().catch((error: unknown) => {
      log.warn({ reason: describeError(error) }, 'e-mail to approvers could not be set up; the next start tries again');
    });
    while (!stopped.signal.aborted) {
      if ((await sent()) === 0) await pause(NOTICES_MS, undefined, { signal: stopped.signal }).catch(() => undefined);
    }
  };
  const running = loop();
  return () => {
    stopped.abort();
    return running;
  };
}

interface Servers {
  readonly public: RunningServer;
  /** Where metrics are; it stays until the last call has ended. */
  readonly admin: RunningServer | undefined;
}

/** A port that can't be had ends the process at once, not when idle connections to the database do. */
async function listenOrClose(sidecar: Sidecar, { listen: address, adminListen }: Config): Promise<Servers> {
  const opened: RunningServer[] = [];
  const open = async (name: string, app: ReturnType<Sidecar['app']>, where: Address): Promise<RunningServer> => {
    try {
      const server = await listen(app, where);
      opened.push(server);
      return server;
    } catch (cause) {
      await Promise.all(opened.map((each) => each.close(0)));
      await sidecar.close();
      throw new Error(`${name} ${formatAddress(where)} can't be listened on: ${describeError(cause)}`, { cause });
    }
  };
  const admin =
    adminListen === undefined ? undefined : await open('CHAPERONE_ADMIN_LISTEN', sidecar.adminApp(), adminListen);
  return { admin, public: await open('CHAPERONE_LISTEN', sidecar.app(), address) };
}
