import { ChaperoneError } from '../kernel/errors.js';
import type { HeaderLine } from './signatures/index.js';

/** The one value of a header, or undefined. @throws request_malformed when it comes twice */
export function single(headers: readonly HeaderLine[], wanted: string): string | undefined {
  const values = headers.filter(([name]) => name.toLowerCase() === wanted).map(([, value]) => value);
  if (values.length > 1)
    throw new ChaperoneError('request_malformed', { detail: `The header ${wanted} comes more than once.` });
  return values[0];
}
