import { readProcessConfig, type Config } from '../config.js';
import { compose, type Sidecar } from '../compose.js';
import { makeLog } from '../http/log.js';

export interface GlobalOptions {
  readonly envFile?: string;
  readonly json?: boolean;
}

/** Opens the sidecar's use cases for one command and closes them after it, whatever happens. */
export async function withSidecar<T>(config: Config, work: (sidecar: Sidecar) => Promise<T>): Promise<T> {
  const sidecar = compose(config, makeLog('silent', process.stderr));
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
  return withSidecar(config, async (sidecar) => {
    if ((await sidecar.kekOpens()) === false)
      throw new Error("CHAPERONE_KEK isn't the key that this site's secrets were sealed with; nothing was changed");
    return work(sidecar);
  });
}

export const configOf = (options: GlobalOptions): Config => readProcessConfig(options.envFile);
