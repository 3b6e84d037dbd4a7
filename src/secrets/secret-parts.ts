import { ringParts } from './audit-key-ring.js';
import { parseBridgeKeys } from './bridge-keys.js';
import { fingerprint } from './fingerprint.js';
import type { SecretName } from './registry.js';

/** One secret of those that an option holds, as people may see it. */
export interface SecretPart {
  readonly id: string;
  readonly fingerprint: string;
  /** Null for the one in use. */
  readonly notAfter: Date | null;
}

const bridgeKeys = (plain: string): readonly SecretPart[] =>
  parseBridgeKeys(plain).map(({ id, secret, notAfter }) => ({
    id,
    fingerprint: fingerprint(secret.reveal()),
    notAfter: notAfter === undefined ? null : new Date(notAfter * 1_000),
  }));

/** How each secret is recognised; a name without its line doesn't compile. */
export const SECRET_PARTS: { readonly [N in SecretName]: (plain: string) => readonly SecretPart[] } = {
  bridge_key_to_wordpress: bridgeKeys,
  bridge_key_to_sidecar: bridgeKeys,
  audit_key: ringParts,
  kek_canary: () => [],
};
