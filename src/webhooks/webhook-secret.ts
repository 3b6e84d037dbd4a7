import { newWebhookSecretId, type RandomBytes, type WebhookSecretId } from '../kernel/ids.js';
import { Secret } from '../kernel/secret.js';
import { fingerprint } from '../secrets/fingerprint.js';
import { WEBHOOK_SECRETS } from '../secrets/registry.js';
import type { SealedBox, SealedPlace } from '../secrets/sealed-box.js';

/** Whose secret it is: a source's name, or an endpoint's id. */
export type SecretOwner = `source:${string}` | `endpoint:${string}`;

export interface WebhookSecret {
  readonly id: WebhookSecretId;
  readonly owner: SecretOwner;
  /** Sealed base64 of the bytes. */
  readonly sealed: string;
  /** For recognition; it gives nothing of the secret away. */
  readonly fingerprint: string;
  readonly state: 'active' | 'retiring';
  /** A retiring secret counts until then. */
  readonly notAfter: Date | null;
  readonly createdAt: Date;
}

/** A secret just made, shown this once. */
export interface MadeWebhookSecret {
  readonly row: WebhookSecret;
  /** `whsec_…` */
  readonly secret: Secret<string>;
}

const PREFIX = 'whsec_';
const SECRET_BYTES = 32;
/** What Standard Webhooks 1.0 asks of a symmetric secret. */
const FEWEST_BYTES = 24;
const MOST_BYTES = 64;

const placeOf = (id: WebhookSecretId): SealedPlace => ({
  place: WEBHOOK_SECRETS.place(id),
  version: WEBHOOK_SECRETS.version,
});

/** The bytes of `whsec_…`, or undefined when it isn't one of 24 to 64 bytes in canonical base64. */
export function parseWebhookSecret(text: string): Uint8Array | undefined {
  if (!text.startsWith(PREFIX)) return undefined;
  const base64 = text.slice(PREFIX.length);
  const bytes = Buffer.from(base64, 'base64');
  const isSound = bytes.length >= FEWEST_BYTES && bytes.length <= MOST_BYTES && bytes.toString('base64') === base64;
  return isSound ? bytes : undefined;
}

/** A fresh secret, or the one that a sender gave out, sealed. */
export function makeWebhookSecret(
  deps: { readonly box: SealedBox; readonly random: RandomBytes },
  owner: SecretOwner,
  given: Uint8Array | undefined,
  at: Date,
): MadeWebhookSecret {
  const bytes = given ?? deps.random(SECRET_BYTES);
  const base64 = Buffer.from(bytes).toString('base64');
  const id = newWebhookSecretId(deps.random);
  const row: WebhookSecret = {
    id,
    owner,
    sealed: deps.box.seal(base64, placeOf(id)),
    fingerprint: fingerprint(bytes),
    state: 'active',
    notAfter: null,
    createdAt: at,
  };
  return { row, secret: new Secret(`${PREFIX}${base64}`) };
}

/** Whether a secret counts now: active, or retiring and before its end. */
export const isLive = ({ state, notAfter }: WebhookSecret, now: Date): boolean =>
  state === 'active' || (notAfter !== null && now < notAfter);

/** The live secrets, newest first. */
export function openLive(rows: readonly WebhookSecret[], box: SealedBox, now: Date): readonly Secret<Uint8Array>[] {
  return rows
    .filter((row) => isLive(row, now))
    .map(({ id, sealed }) => {
      const bytes: Uint8Array = Buffer.from(box.open(sealed, placeOf(id)), 'base64');
      return new Secret(bytes);
    })
    .reverse();
}
