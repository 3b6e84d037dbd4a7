import { createHash, generateKeyPairSync } from 'node:crypto';
import { pairHeaderLines, signRequest } from '../../../../src/identity/signatures/index.js';
import type {
  HeaderLine,
  ReceivedRequest,
  SigningKey,
  VerificationKey,
} from '../../../../src/identity/signatures/index.js';
import type { KeyId } from '../../../../src/kernel/ids.js';
import { Secret } from '../../../../src/kernel/secret.js';

export const NOW = new Date('2026-11-22T20:00:00Z');
export const CREATED = NOW.getTime() / 1000;
export const PUBLIC_URL = new URL('https://sidecar.example');

const pair = generateKeyPairSync('ed25519');
const secret = new Secret(createHash('sha256').update('a secret for tests').digest());

export const HMAC = { id: 'key_hmac' as KeyId, algorithm: 'hmac-sha256', secret } as const satisfies SigningKey;
export const ED25519 = { id: 'key_ed' as KeyId, algorithm: 'ed25519', privateKey: pair.privateKey } as const;
export const ED25519_PUBLIC = { id: ED25519.id, algorithm: 'ed25519', publicKey: pair.publicKey } as const;

const KEYS: readonly VerificationKey[] = [HMAC, ED25519_PUBLIC];
export const keyById = (id: KeyId | undefined): VerificationKey | undefined => KEYS.find((key) => key.id === id);

export interface Draft {
  readonly method?: string;
  readonly target?: string;
  readonly body?: string;
  readonly headers?: readonly HeaderLine[];
  readonly key?: SigningKey;
  readonly nonce?: string;
}

/** A request as our signer would send it, the way a server would receive it. */
export function signedRequest(draft: Draft = {}): ReceivedRequest {
  const { method = 'POST', target = '/v1/execute', headers = [], key = HMAC, nonce = 'nonce-0123456789' } = draft;
  const body = Buffer.from(draft.body ?? (method === 'POST' ? '{"tool":"site.info"}' : ''));
  const url = new URL(target, PUBLIC_URL);
  const ofBody: readonly HeaderLine[] = body.byteLength > 0 ? [['Content-Type', 'application/json']] : [];
  const sent: readonly HeaderLine[] = [...ofBody, ...headers];
  const added = signRequest({ method, url, headers: sent, body }, key, { created: CREATED, nonce });
  return { method, rawTarget: target, rawHeaders: [['Host', url.host], ...sent, ...added], body };
}

/** Headers as a plain record, as client libraries hand them over. */
export const linesOf = (headers: Readonly<Record<string, string | string[]>>): readonly HeaderLine[] =>
  pairHeaderLines(Object.entries(headers).flatMap(([name, value]) => [name, String(value)]));
