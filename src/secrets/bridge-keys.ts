import { z } from 'zod';
import { parseKeyId, type KeyId, type RandomBytes } from '../kernel/ids.js';
import { Secret } from '../kernel/secret.js';
import type { OptionName } from '../settings/site-options.js';
import { SealedBoxError } from './sealed-box.js';
import type { SealedOptions } from './sealed-options.js';

/** One of the two keys between sidecar and bridge; each direction has its own, so a request can't be turned around. */
export interface BridgeKey {
  readonly id: KeyId;
  readonly secret: Secret<Uint8Array>;
}

export type BridgeDirection = 'to_wordpress' | 'to_sidecar';

const SECRET_BYTES = 32;
const optionOf = (direction: BridgeDirection): OptionName => `ai_agent_key_${direction}`;

const keyRing = z.strictObject({
  keys: z
    .array(z.strictObject({ id: z.string(), secret: z.base64() }))
    .min(1)
    .max(8),
});

/** The keys of a direction; the first signs, all verify. Undefined before the pairing. */
export async function readBridgeKeys(
  options: SealedOptions,
  direction: BridgeDirection,
): Promise<readonly BridgeKey[] | undefined> {
  const text = await options.read(optionOf(direction));
  if (text === undefined) return undefined;
  return keyRing.parse(JSON.parse(text)).keys.map(({ id, secret }) => {
    const keyId = parseKeyId(id);
    if (keyId === undefined)
      throw new SealedBoxError(`the option ${optionOf(direction)} holds a key without a proper id`);
    return { id: keyId, secret: new Secret<Uint8Array>(Buffer.from(secret, 'base64')) };
  });
}

/** Makes and stores a direction's first key. */
export async function createBridgeKey(
  options: SealedOptions,
  direction: BridgeDirection,
  random: RandomBytes,
): Promise<void> {
  const id = `bridge_${direction}_${Buffer.from(random(6)).toString('hex')}`;
  const secret = Buffer.from(random(SECRET_BYTES)).toString('base64');
  await options.write(optionOf(direction), JSON.stringify({ keys: [{ id, secret }] }));
}
