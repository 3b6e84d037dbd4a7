export { createClient, type Call, type Client, type Outcome, type RequestOptions } from './create-client.js';
export type { ApplicationPassword, ClientKey, ClientOptions } from './options.js';
export { ChaperoneProblem, ChaperoneUnreachable } from './problem.js';
export type { SigningKey } from '../identity/signatures/keys.js';
export type { HeaderLine } from '../identity/signatures/profile.js';
export { signRequest, type SigningMoment, type UnsignedRequest } from '../identity/signatures/sign.js';
export { Secret } from '../kernel/secret.js';
export { parseKeyId, type KeyId } from '../kernel/ids.js';
