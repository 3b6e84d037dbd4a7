import type { NoteKey } from './signed-note.js';

/** A key that signs, or has signed, this log's checkpoints. */
export interface ListedKey extends NoteKey {
  readonly createdAt: Date;
  /** Since then another one signs; what this one signed stays good. */
  readonly retiredAt: Date | null;
}

/** The name under which a log signs, and its keys, the newest first; they outlive every rotation. */
export interface LogKeys {
  readonly origin: string;
  readonly keys: readonly ListedKey[];
  /** A signed note of the text, by the newest key. */
  sign(text: string): string;
}

/** The keys as they are now, undefined before there is one. */
export type ReadLogKeys = () => Promise<LogKeys | undefined>;
/** The keys; the first one is made when there is none. */
export type NeedLogKeys = () => Promise<LogKeys>;
