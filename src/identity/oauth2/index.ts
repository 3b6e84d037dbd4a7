export { makeIntrospect } from './introspection.js';
export { makeIssuerFetch } from './issuer-fetch.js';
export { makeIssuer } from './issuer.js';
export { isTokenScheme } from './token-credential.js';
export { DPOP_ALGORITHMS, TOKEN_ALGORITHMS, UNTRIED, type AccessToken } from './token-verdict.js';
export { makeVerifyAccessToken, type VerifyAccessToken } from './verify-access-token.js';
