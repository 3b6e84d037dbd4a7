import { chmodSync, chownSync, existsSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { UsageError } from './output.js';

const message = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/**
 * Replaces a file in one step, keeping its owner and, unless another is given, its mode; a symbolic link keeps pointing
 * at it. What it holds is secret, so the new text is never readable by more people than the old one, not for an instant.
 *
 * @throws UsageError; then the file is as it was
 */
export function replaceFile(path: string, text: string, mode?: number): void {
  const file = existsSync(path) ? realpathSync(path) : path;
  const fresh = `${file}.chaperone-new`;
  try {
    rmSync(fresh, { force: true });
    writeFileSync(fresh, text, { mode: 0o600, flag: 'wx' });
    if (existsSync(file)) {
      const before = statSync(file);
      chownSync(fresh, before.uid, before.gid);
      chmodSync(fresh, mode ?? before.mode & 0o777);
    }
    renameSync(fresh, file);
  } catch (error) {
    rmSync(fresh, { force: true });
    throw new UsageError(`${path} can't be written (${message(error)}). Run this as its owner.`);
  }
}

/** A file for secrets that are made only once. */
export interface ReservedFile {
  write(text: string): void;
  /** Takes the empty file away again, when there turned out to be nothing to keep. */
  release(): void;
}

/**
 * Makes the file (mode 0600) before the secrets exist, so that they are never made without a place to keep them.
 * @throws UsageError when it is there already or can't be written: an agent's secret is never overwritten
 */
export function reserveFile(path: string): ReservedFile {
  try {
    writeFileSync(path, '', { mode: 0o600, flag: 'wx' });
  } catch (error) {
    const exists = error instanceof Error && 'code' in error && error.code === 'EEXIST';
    throw new UsageError(
      exists ? `${path} exists already and is never overwritten; name another file.` : `${path} can't be written.`,
    );
  }
  return {
    write: (text) => writeFileSync(path, text),
    release: () => rmSync(path, { force: true }),
  };
}
