import type { SiteOptions } from '../settings/site-options.js';
import type { SealedOption } from './registry.js';
import { kekIdOf, SealedBoxError, type SealedBox } from './sealed-box.js';

/** What can be said of a sealed option without opening it. */
export interface SealedOptionState {
  readonly version: number;
  /** Which key-encryption key sealed it. */
  readonly kekId: string;
  /** When its value was last changed; null where it was written before that was noted. */
  readonly changedAt: Date | null;
}

/** A secret in a WordPress option: sealed, bound to its name and version (docs/bridge.md). */
export interface SealedOptions {
  read(name: SealedOption): Promise<string | undefined>;
  state(name: SealedOption): Promise<SealedOptionState | undefined>;
  /** As `read`; nobody else gets it so until the transaction ends, so that of two changes none is lost. */
  lock(name: SealedOption): Promise<string | undefined>;
  /** Seals under the next version, so that an older row put back in its place doesn't pass for the newest one elsewhere. */
  write(name: SealedOption, plain: string, at: Date): Promise<void>;
  /** Seals the same value anew under the first key-encryption key. @returns false when it is there already, or is nothing */
  rewrap(name: SealedOption): Promise<boolean>;
}

interface Row {
  readonly version: number;
  readonly sealed: string;
  readonly changedAt: string | null;
}

function parseRow(name: string, text: string): Row {
  let row: unknown;
  try {
    row = JSON.parse(text);
  } catch {
    row = undefined;
  }
  if (typeof row === 'object' && row !== null && 'version' in row && 'sealed' in row) {
    const { version, sealed } = row;
    const changedAt = 'changedAt' in row && typeof row.changedAt === 'string' ? row.changedAt : null;
    if (typeof version === 'number' && Number.isSafeInteger(version) && typeof sealed === 'string')
      return { version, sealed, changedAt };
  }
  throw new SealedBoxError(`the option ${name} doesn't hold a sealed value`);
}

const placeOf = (name: SealedOption, version: number) => ({ place: `options:${name}`, version });

export function makeSealedOptions(options: SiteOptions, box: SealedBox): SealedOptions {
  const open = (name: SealedOption, text: string): string => {
    const { version, sealed } = parseRow(name, text);
    return box.open(sealed, placeOf(name, version));
  };
  const store = (name: SealedOption, plain: string, version: number, changedAt: string | null): Promise<void> =>
    options.write(
      name,
      JSON.stringify({
        version,
        sealed: box.seal(plain, placeOf(name, version)),
        ...(changedAt === null ? {} : { changedAt }),
      }),
    );
  return {
    async read(name) {
      const text = await options.read(name);
      return text === undefined ? undefined : open(name, text);
    },
    async state(name) {
      const text = await options.read(name);
      if (text === undefined) return undefined;
      const { version, sealed, changedAt } = parseRow(name, text);
      return { version, kekId: kekIdOf(sealed), changedAt: changedAt === null ? null : new Date(changedAt) };
    },
    async lock(name) {
      const text = await options.lock(name);
      return text === undefined ? undefined : open(name, text);
    },
    async write(name, plain, at) {
      const text = await options.lock(name);
      const version = text === undefined ? 1 : parseRow(name, text).version + 1;
      await store(name, plain, version, at.toISOString());
    },
    async rewrap(name) {
      const text = await options.lock(name);
      if (text === undefined) return false;
      const { version, sealed, changedAt } = parseRow(name, text);
      if (kekIdOf(sealed) === box.sealingKekId) return false;
      await store(name, box.open(sealed, placeOf(name, version)), version, changedAt);
      return true;
    },
  };
}
