import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import type { Secret } from '../kernel/secret.js';
import { kekId } from './sealed-box.js';

const FORM = /^([0-9a-f]{8})\.([A-Za-z0-9_-]{43})$/;

/**
 * Seals for texts that may be read by all and changed by nobody: HMAC-SHA256 under a key drawn from the key-encryption
 * key for this purpose alone (HKDF, RFC 5869). The first key seals, all of them fit, as with sealed values.
 */
export function makeSeal(keks: readonly Secret<Uint8Array>[], purpose: string) {
  const ring = keks.map((kek) => ({
    id: kekId(kek.reveal()),
    key: Buffer.from(hkdfSync('sha256', kek.reveal(), '', `chaperone/seal/${purpose}/v1`, 32)),
  }));
  const mac = (key: Buffer, text: string): Buffer => createHmac('sha256', key).update(text, 'utf8').digest();
  const [first] = ring;
  if (first === undefined) throw new Error('there is no key-encryption key');
  return {
    make: (text: string): string => `${first.id}.${mac(first.key, text).toString('base64url')}`,
    fits(text: string, seal: string): boolean {
      const [, id, stamp] = FORM.exec(seal) ?? [];
      const key = ring.find((each) => each.id === id)?.key;
      return (
        key !== undefined && stamp !== undefined && timingSafeEqual(mac(key, text), Buffer.from(stamp, 'base64url'))
      );
    },
  };
}
