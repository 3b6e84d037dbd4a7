import { createHash, generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto';

/** A client's key for DPoP, and the proofs that it signs. */
export interface ProofMaker {
  readonly thumbprint: string;
  readonly jwk: object;
  /** A proof for a request; `token` is left out towards the authorization server. */
  proof(request: ProofRequest, changes?: ProofChanges): string;
}

export interface ProofRequest {
  readonly method: string;
  readonly url: string;
  readonly token?: string;
}

export interface ProofChanges {
  readonly claims?: Readonly<Record<string, unknown>>;
  readonly header?: Readonly<Record<string, unknown>>;
  /** Signs with another key than the one that is shown. */
  readonly privateKey?: KeyObject;
}

const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const hash = (text: string): string => createHash('sha256').update(text).digest('base64url');

/** ES256, which every client and server of DPoP knows. */
export function makeProofMaker(): ProofMaker {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const { crv, kty, x, y } = publicKey.export({ format: 'jwk' });
  const jwk = { crv, kty, x, y };
  return {
    jwk,
    thumbprint: hash(JSON.stringify(jwk)),
    proof({ method, url, token }, { claims = {}, header = {}, privateKey: other = privateKey } = {}) {
      const body = {
        jti: randomBytes(12).toString('base64url'),
        htm: method,
        htu: url,
        iat: Math.floor(Date.now() / 1000),
        ...(token === undefined ? {} : { ath: hash(token) }),
        ...claims,
      };
      const signed = `${encode({ typ: 'dpop+jwt', alg: 'ES256', jwk, ...header })}.${encode(body)}`;
      const signature = sign('sha256', Buffer.from(signed), { key: other, dsaEncoding: 'ieee-p1363' });
      return `${signed}.${signature.toString('base64url')}`;
    },
  };
}
