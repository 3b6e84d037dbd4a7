export { contentDigest } from './content-digest.js';
export { hasSignature, pairHeaderLines } from './header-lines.js';
export {
  ed25519PublicKey,
  isSignatureAlgorithm,
  isSoundPublicKey,
  type SigningKey,
  type VerificationKey,
} from './keys.js';
export { makeForgetNonces } from './forget-nonces.js';
export type { NonceStore, SpentNonce } from './nonce-store.js';
export type { HeaderLine, Refusal, SignatureAlgorithm } from './profile.js';
export { publicTarget } from './request-target.js';
export { signRequest, type SigningMoment, type UnsignedRequest } from './sign.js';
export { makeVerifyRequest, type FindVerificationKey, type VerifyRequest } from './verify-request.js';
export { parseSignedRequest, verifyParsedRequest, type ReceivedRequest, type VerifiedRequest } from './verify.js';
