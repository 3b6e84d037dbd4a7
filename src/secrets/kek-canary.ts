import { SealedBoxError } from './sealed-box.js';
import type { SealedOptions } from './sealed-options.js';

const CANARY = 'chaperone';

/** True when the key-encryption key is the one that this site's secrets were sealed with; undefined before the pairing. */
export async function kekCanaryOpens(options: SealedOptions): Promise<boolean | undefined> {
  try {
    const text = await options.read('ai_agent_kek_canary');
    return text === undefined ? undefined : text === CANARY;
  } catch (error) {
    if (error instanceof SealedBoxError) return false;
    throw error;
  }
}

export const writeKekCanary = (options: SealedOptions, at: Date): Promise<void> =>
  options.write('ai_agent_kek_canary', CANARY, at);
