import { createHash, createPublicKey, verify, type KeyObject } from 'node:crypto';
import type { JsonObject } from '../../kernel/json.js';
import type { DpopAlgorithm } from './token-verdict.js';

/** The members of a public key by its type, in the order of RFC 7638, section 3.2 and RFC 8037, section 2. */
const MEMBERS: Readonly<Record<string, readonly string[]>> = {
  EC: ['crv', 'kty', 'x', 'y'],
  OKP: ['crv', 'kty', 'x'],
  RSA: ['e', 'kty', 'n'],
};
const PRIVATE_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'];
const RSA_BITS = { least: 2_048, most: 4_096 };
/** A stranger's key must not make a verification as dear as a signature. */
const LARGEST_EXPONENT = 2n ** 32n;

/** A proof's key: its public members alone, and its thumbprint (RFC 7638). */
export interface ProofKey {
  readonly key: KeyObject;
  readonly thumbprint: string;
}

/** Undefined for a key that is private, of an unknown kind or malformed. */
export function readProofKey(jwk: JsonObject): ProofKey | undefined {
  const { kty } = jwk;
  const names = typeof kty === 'string' && Object.hasOwn(MEMBERS, kty) ? MEMBERS[kty] : undefined;
  if (names === undefined || PRIVATE_MEMBERS.some((name) => name in jwk)) return undefined;
  const members = names.map((name) => [name, jwk[name]] as const);
  if (members.some(([, value]) => typeof value !== 'string')) return undefined;
  const publicJwk = Object.fromEntries(members) as Record<string, string>;
  const thumbprint = createHash('sha256').update(JSON.stringify(publicJwk)).digest('base64url');
  try {
    return { key: createPublicKey({ key: publicJwk, format: 'jwk' }), thumbprint };
  } catch {
    return undefined;
  }
}

const HASHES: Readonly<Record<DpopAlgorithm, string | null>> = {
  ES256: 'sha256',
  ES384: 'sha384',
  PS256: 'sha256',
  RS256: 'sha256',
  EdDSA: null,
  Ed25519: null,
};

/** Neither too weak to mean anything nor dear to verify. */
function isModestRsa({ asymmetricKeyType: type, asymmetricKeyDetails: details }: KeyObject): boolean {
  const { modulusLength: bits = 0, publicExponent = LARGEST_EXPONENT } = details ?? {};
  return type === 'rsa' && publicExponent < LARGEST_EXPONENT && bits >= RSA_BITS.least && bits <= RSA_BITS.most;
}

const isOnCurve = ({ asymmetricKeyType: type, asymmetricKeyDetails: details }: KeyObject, curve: string): boolean =>
  type === 'ec' && details?.namedCurve === curve;

/** Whether the key is of the kind that the algorithm says: a key never chooses how it is used. */
function fits(algorithm: DpopAlgorithm, key: KeyObject): boolean {
  switch (algorithm) {
    case 'ES256':
      return isOnCurve(key, 'prime256v1');
    case 'ES384':
      return isOnCurve(key, 'secp384r1');
    case 'EdDSA':
    case 'Ed25519':
      return key.asymmetricKeyType === 'ed25519';
    case 'PS256':
    case 'RS256':
      return isModestRsa(key);
  }
}

const PSS_PADDING = 6; // crypto.constants.RSA_PKCS1_PSS_PADDING
const SALT_AS_DIGEST = -1; // crypto.constants.RSA_PSS_SALTLEN_DIGEST (RFC 7518, section 3.5)

export function proofVerifies(algorithm: DpopAlgorithm, key: KeyObject, data: string, signature: Uint8Array): boolean {
  if (!fits(algorithm, key)) return false;
  const bytes = Buffer.from(data, 'ascii');
  const padding = algorithm === 'PS256' ? { padding: PSS_PADDING, saltLength: SALT_AS_DIGEST } : {};
  try {
    return verify(HASHES[algorithm], bytes, { key, dsaEncoding: 'ieee-p1363', ...padding }, signature);
  } catch {
    return false;
  }
}
