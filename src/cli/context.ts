import { readProcessConfig, type Config } from '../config.js';
import { compose, type Sidecar } from '../compose.js';
import { makeLog } from '../http/log.js';

export interface GlobalOptions {
  readonly envFile?: string;
  readonly json?: boolean;
}

/** Opens the sidecar's use cases for one command and closes them after it, whatever happens. */
export async function withSidecar<T>(
  config: Config,
  work: (sidecar: Sidecar) => Promise<T>,
  { rehearsal = false } = {},
): Promise<T> {
  const sidecar = compose(config, makeLog('silent', process.stderr), { rehearsal });
  try {
    return await work(sidecar);
  } finally {
    await sidecar.close();
  }
}

/**
 * For commands that seal something. A value sealed under a foreign key would open nowhere, and would keep every replica from
 * its next start, so nothing is written with one.
 */
export function withSealing<T>(config: Config, work: (sidecar: Sidecar) => Promise<T>): Promise<T> {
  return withSidecar(config, (sidecar) => sealing(sidecar, work));
}

async function sealing<T>(sidecar: Sidecar, work: (sidecar: Sidecar) => Promise<T>): Promise<T> {
  if ((await sidecar.kekOpens()) === false)
    throw new Error("CHAPERONE_KEK isn't the key that this site's secrets were sealed with; nothing was changed");
  return work(sidecar);
}

/** Tries a deed: it is refused where the deed would be, and nothing that it writes to the database is kept. */
export const rehearse = (
  config: Config,
  { tried, seals = false }: { readonly tried: (sidecar: Sidecar) => Promise<unknown>; readonly seals?: boolean },
): Promise<unknown> =>
  withSidecar(config, (sidecar) => (seals ? sealing(sidecar, tried) : tried(sidecar)), { rehearsal: true });

export const configOf = (options: GlobalOptions): Config => readProcessConfig(options.envFile);
