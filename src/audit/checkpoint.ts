/** What a checkpoint says (C2SP tlog-checkpoint): which log, how many entries, and the root over their hashes. */
export interface CheckpointText {
  readonly origin: string;
  readonly size: number;
  /** Base64 of 32 bytes. */
  readonly root: string;
}

export const checkpointText = ({ origin, size, root }: CheckpointText): string => `${origin}\n${size}\n${root}\n`;

const FORM = /^([^\n]+)\n(0|[1-9]\d{0,15})\n([A-Za-z0-9+/]{43}=)\n$/;

/** Undefined for every other text, one with further lines among them: this log never writes any. */
export function parseCheckpoint(text: string): CheckpointText | undefined {
  const [, origin, size, root] = FORM.exec(text) ?? [];
  return origin === undefined || size === undefined || root === undefined
    ? undefined
    : { origin, size: Number(size), root };
}
