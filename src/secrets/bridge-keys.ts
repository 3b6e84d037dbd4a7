import { z } from 'zod';
import { unixSeconds } from '../kernel/clock.js';
import { parseKeyId, type KeyId, type RandomBytes } from '../kernel/ids.js';
import { Secret } from '../kernel/secret.js';
import { SECRETS } from './registry.js';
import { SealedBoxError } from './sealed-box.js';
import type { SealedOptions } from './sealed-options.js';

/** One of the two keys between sidecar and bridge; each direction has its own, so a request can't be turned around. */
export interface BridgeKey {
  readonly id: KeyId;
  readonly secret: Secret<Uint8Array>;
  /** Unix seconds from which on it verifies no more; absent for the key that signs. */
  readonly notAfter?: number;
}

export type BridgeDirection = 'to_wordpress' | 'to_sidecar';

const SECRET_BYTES = 32;
const MOST_KEYS = 8;
export const optionOf = (direction: BridgeDirection) => SECRETS[`bridge_key_${direction}`].option;

const keyRing = z.strictObject({
  keys: z
    .array(z.strictObject({ id: z.string(), secret: z.base64(), notAfter: z.int().optional() }))
    .min(1)
    .max(MOST_KEYS),
});

/** Every key of a ring's text, also those that are past their end. @throws when it isn't a ring */
export function parseBridgeKeys(text: string): readonly BridgeKey[] {
  return keyRing.parse(JSON.parse(text)).keys.map(({ id, secret, notAfter }) => {
    const keyId = parseKeyId(id);
    if (keyId === undefined) throw new SealedBoxError('a bridge key has no proper id');
    const bytes: Uint8Array = Buffer.from(secret, 'base64');
    return { id: keyId, secret: new Secret(bytes), ...(notAfter === undefined ? {} : { notAfter }) };
  });
}

export const bridgeKeysText = (keys: readonly BridgeKey[]): string =>
  JSON.stringify({
    keys: keys.map(({ id, secret, notAfter }) => ({
      id,
      secret: Buffer.from(secret.reveal()).toString('base64'),
      ...(notAfter === undefined ? {} : { notAfter }),
    })),
  });

/** The keys of a direction that are good now; the first signs, all verify. Undefined before the pairing. */
export async function readBridgeKeys(
  options: Pick<SealedOptions, 'read'>,
  direction: BridgeDirection,
  now: Date,
): Promise<readonly BridgeKey[] | undefined> {
  const text = await options.read(optionOf(direction));
  if (text === undefined) return undefined;
  return parseBridgeKeys(text).filter(({ notAfter }) => notAfter === undefined || unixSeconds(now) < notAfter);
}

export function newBridgeKey(direction: BridgeDirection, random: RandomBytes): BridgeKey {
  const id = `bridge_${direction}_${Buffer.from(random(6)).toString('hex')}` as KeyId;
  return { id, secret: new Secret(random(SECRET_BYTES)) };
}

/** Makes and stores a direction's first key. */
export async function createBridgeKey(
  options: SealedOptions,
  direction: BridgeDirection,
  { at, random }: { readonly at: Date; readonly random: RandomBytes },
): Promise<void> {
  await options.write(optionOf(direction), bridgeKeysText([newBridgeKey(direction, random)]), at);
}
