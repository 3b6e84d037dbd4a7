export type { ApplicationPasswordAvailability } from './availability.js';
export { parseBasicCredentials, type BasicCredentials } from './basic-credentials.js';
export type { KeyDerivation } from './key-derivation.js';
export { DEFAULT_KEY_DERIVATION, makeKeyDerivationPool, type KeyDerivationPoolOptions } from './key-derivation-pool.js';
export { makeVerdictCache, type VerdictCache } from './verdict-cache.js';
export {
  credentialsInvalid,
  makeVerifyApplicationPassword,
  type ApplicationPasswordRefusal,
  type ApplicationPasswordVerdict,
  type VerifyApplicationPassword,
} from './verify.js';
export type { UnusablePassword } from './stored-passwords.js';
