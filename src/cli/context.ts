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

export const configOf = (options: GlobalOptions): Config => readProcessConfig(options.envFile);
