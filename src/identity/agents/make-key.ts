import { ChaperoneError } from '../../kernel/errors.js';
import { newKeyId, type RandomBytes } from '../../kernel/ids.js';
import { Secret } from '../../kernel/secret.js';
import { fingerprint } from '../../secrets/fingerprint.js';
import type { SealedBox } from '../../secrets/sealed-box.js';
import { isSoundPublicKey } from '../signatures/index.js';
import { keyPlace, type AgentKey, type Bounds } from './agent.js';

/** What signs: a fresh HMAC secret of ours, or the public half of an Ed25519 key that the agent brings. */
export type KeyRequest =
  { readonly algorithm: 'hmac-sha256' } | { readonly algorithm: 'ed25519'; readonly publicKey: Uint8Array };

/** A key just made. The HMAC secret, in base64, is shown this once; null for Ed25519. */
export interface MadeKey {
  readonly key: AgentKey;
  readonly secret: Secret<string> | null;
}

const SECRET_BYTES = 32;

/** @throws args_invalid for bytes that are no public key, or one for which anybody can sign */
export function checkKeyRequest(request: KeyRequest): void {
  if (request.algorithm === 'ed25519' && !isSoundPublicKey(request.publicKey))
    throw new ChaperoneError('args_invalid', {
      detail: "An Ed25519 public key has 32 bytes, and isn't a point of small order, for which anybody could sign.",
    });
}

/** @throws args_invalid for what `checkKeyRequest` refuses */
export function makeKey(
  deps: { readonly box: SealedBox; readonly random: RandomBytes },
  request: KeyRequest,
  of: Pick<AgentKey, 'agentId' | 'state' | 'createdAt' | 'replaces'> & Bounds,
): MadeKey {
  checkKeyRequest(request);
  const id = newKeyId(deps.random);
  const base = { ...of, id, algorithm: request.algorithm, retiringUses: 0 };
  if (request.algorithm === 'ed25519') {
    const { publicKey } = request;
    const half = Buffer.from(publicKey).toString('base64');
    return { key: { ...base, publicKey: half, fingerprint: fingerprint(publicKey) }, secret: null };
  }
  const bytes = deps.random(SECRET_BYTES);
  const secret = Buffer.from(bytes).toString('base64');
  const sealedSecret = deps.box.seal(secret, keyPlace(id));
  return { key: { ...base, sealedSecret, fingerprint: fingerprint(bytes) }, secret: new Secret(secret) };
}
