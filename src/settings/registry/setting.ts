import type { z } from 'zod';
import type { Json, JsonObject } from '../../kernel/json.js';

/** One named value that administrators set: what it means, what fits, and what holds until somebody sets it. */
export interface Setting<T extends Json> {
  /** A sentence for the screens and docs/api.md. */
  readonly description: string;
  readonly schema: z.ZodType<T>;
  readonly default: T;
  /** What the log says of a change; absent: both values as they are. Secrets are kept elsewhere (src/secrets). */
  readonly logged?: (from: T, to: T) => JsonObject;
}
