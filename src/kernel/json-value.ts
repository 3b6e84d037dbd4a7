import { z } from 'zod';
import type { Json } from './json.js';

/** Any JSON value. What is checked with it was read by `parseStrictJson`, so that it is JSON needs no second look. */
export const jsonValue = z.unknown() as z.ZodType<Json>;
