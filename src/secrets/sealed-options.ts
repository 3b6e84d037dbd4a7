import type { OptionName, SiteOptions } from '../settings/site-options.js';
import { SealedBoxError, type SealedBox } from './sealed-box.js';

/** A secret in a WordPress option: sealed, bound to its name and version (docs/bridge.md). */
export interface SealedOptions {
  read(name: OptionName): Promise<string | undefined>;
  /** Seals under the next version, so that an older row put back in its place doesn't pass for the newest one elsewhere. */
  write(name: OptionName, plain: string): Promise<void>;
}

function parseRow(name: string, text: string): { version: number; sealed: string } {
  let row: unknown;
  try {
    row = JSON.parse(text);
  } catch {
    row = undefined;
  }
  if (typeof row === 'object' && row !== null && 'version' in row && 'sealed' in row) {
    const { version, sealed } = row;
    if (typeof version === 'number' && Number.isSafeInteger(version) && typeof sealed === 'string')
      return { version, sealed };
  }
  throw new SealedBoxError(`the option ${name} doesn't hold a sealed value`);
}

export function makeSealedOptions(options: SiteOptions, box: SealedBox): SealedOptions {
  return {
    async read(name) {
      const text = await options.read(name);
      if (text === undefined) return undefined;
      const { version, sealed } = parseRow(name, text);
      return box.open(sealed, { place: `options:${name}`, version });
    },
    async write(name, plain) {
      const text = await options.read(name);
      const version = text === undefined ? 1 : parseRow(name, text).version + 1;
      await options.write(
        name,
        JSON.stringify({ version, sealed: box.seal(plain, { place: `options:${name}`, version }) }),
      );
    },
  };
}
