import type { SlowHash } from './password-hash.js';

/** Compares a password with a slow hash without holding up the event loop. */
export interface KeyDerivation {
  /** @throws ChaperoneError `overloaded` when too much work waits already, `internal` when a worker died on it. */
  matches(password: string, hash: SlowHash): Promise<boolean>;
  close(): Promise<void>;
}
