import { createHmac, createPublicKey, sign, timingSafeEqual, verify, type KeyObject } from 'node:crypto';
import type { KeyId } from '../../kernel/ids.js';
import { Secret } from '../../kernel/secret.js';
import type { SignatureAlgorithm } from './profile.js';

/** A stored key, open and ready to verify. Its algorithm is the only one that its signatures may have. */
export type VerificationKey =
  | { readonly id: KeyId; readonly algorithm: 'hmac-sha256'; readonly secret: Secret<Uint8Array> }
  | { readonly id: KeyId; readonly algorithm: 'ed25519'; readonly publicKey: KeyObject };

export type SigningKey =
  | { readonly id: KeyId; readonly algorithm: 'hmac-sha256'; readonly secret: Secret<Uint8Array> }
  | { readonly id: KeyId; readonly algorithm: 'ed25519'; readonly privateKey: KeyObject };

/** Half of SHA-256's output: a shorter secret, an empty one above all, is a mistake and never verifies. */
const MIN_SECRET_BYTES = 16;
const MAC_BYTES = 32;

/** RFC 9421, sections 3.3.3 (HMAC using SHA-256) and 3.3.6 (EdDSA using curve edwards25519). */
export function signBase(key: SigningKey, base: Uint8Array): Uint8Array {
  switch (key.algorithm) {
    case 'hmac-sha256':
      if (key.secret.reveal().byteLength < MIN_SECRET_BYTES)
        throw new RangeError('an HMAC secret needs 16 bytes or more');
      return createHmac('sha256', key.secret.reveal()).update(base).digest();
    case 'ed25519':
      return sign(null, base, key.privateKey);
  }
}

/** Compares in constant time; a key of another type than its algorithm says verifies nothing. */
export function signatureMatches(key: VerificationKey, base: Uint8Array, signature: Uint8Array): boolean {
  switch (key.algorithm) {
    case 'hmac-sha256': {
      const secret = key.secret.reveal();
      const mac = createHmac('sha256', secret).update(base).digest();
      const isLongEnough = secret.byteLength >= MIN_SECRET_BYTES;
      return signature.byteLength === MAC_BYTES && timingSafeEqual(mac, signature) && isLongEnough;
    }
    case 'ed25519':
      return key.publicKey.asymmetricKeyType === 'ed25519' && verify(null, base, key.publicKey, signature);
  }
}

const P = (1n << 255n) - 19n;
/** y of the points of order 1, 2, 4 and 8 on edwards25519. */
const SMALL_ORDER_Y = new Set([
  0n,
  1n,
  P - 1n,
  0x05fc536d880238b13933c6d305acdfd5f098eff289f4c345b027b2c28f95e826n,
  0x7a03ac9277fdc74ec6cc392cfa53202a0f67100d760b3cba4fd84d3d706a17c7n,
]);

/**
 * Whether 32 bytes are an Ed25519 public key that only the holder of its private half can sign for. With a point of small order anybody
 * can (RFC 8032, section 8.9, leaves it to us), and an encoding beyond the field has a twin.
 */
export function isSoundPublicKey(raw: Uint8Array): boolean {
  if (raw.byteLength !== MAC_BYTES) return false;
  const y = BigInt(`0x${Buffer.from(raw).reverse().toString('hex')}`) & ((1n << 255n) - 1n);
  return y < P && !SMALL_ORDER_Y.has(y);
}

/** An Ed25519 public key from its 32 raw bytes (RFC 8032, section 5.1.5; RFC 8037 for the form that Node reads). */
export function ed25519PublicKey(raw: Uint8Array): KeyObject {
  const jwk = { kty: 'OKP', crv: 'Ed25519', x: Buffer.from(raw).toString('base64url') };
  return createPublicKey({ key: jwk, format: 'jwk' });
}

/** The public key of RFC 8032, section 7.1, test 1. It belongs to nobody here. */
const NOBODYS_PUBLIC_KEY = ed25519PublicKey(
  Buffer.from('d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a', 'hex'),
);
const NOBODYS_SECRET = new Secret(new Uint8Array(MAC_BYTES));

/** The work of a verification whose answer nobody asks for: an unknown key takes as long to refuse as a wrong MAC. */
export function pretendToVerify(base: Uint8Array, signature: Uint8Array): void {
  const id = 'nobody' as KeyId;
  if (signature.byteLength > MAC_BYTES) {
    signatureMatches({ id, algorithm: 'ed25519', publicKey: NOBODYS_PUBLIC_KEY }, base, signature);
  } else {
    signatureMatches({ id, algorithm: 'hmac-sha256', secret: NOBODYS_SECRET }, base, signature);
  }
}

/** Narrows what a message or a row names to the algorithms of this profile. */
export function isSignatureAlgorithm(value: unknown): value is SignatureAlgorithm {
  return value === 'hmac-sha256' || value === 'ed25519';
}
