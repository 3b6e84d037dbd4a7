import { z } from 'zod';
import type { ListedKey } from '../audit/log-keys.js';
import { noteKeyId, publicHalf, signNote, verifierKey, type NoteSigner } from '../audit/signed-note.js';
import { ChaperoneError } from '../kernel/errors.js';
import type { RandomBytes } from '../kernel/ids.js';
import type { JsonObject } from '../kernel/json.js';
import { Secret } from '../kernel/secret.js';
import { fingerprint } from './fingerprint.js';
import { SECRETS } from './registry.js';
import { SealedBoxError } from './sealed-box.js';
import type { SealedOptions } from './sealed-options.js';
import type { SecretPart } from './secret-parts.js';

const SEED_BYTES = 32;
const { option: OPTION } = SECRETS.audit_key;

const listed = z.strictObject({
  publicKey: z.base64(),
  createdAt: z.iso.datetime(),
  retiredAt: z.iso.datetime().nullable(),
});
const stored = z.strictObject({ origin: z.string(), seed: z.base64(), keys: z.array(listed).min(1) });

/** The key that signs, and the public halves of all that ever did, the newest first. */
export interface AuditKeyRing {
  readonly signer: NoteSigner;
  readonly keys: readonly ListedKey[];
}

function signerOf(origin: string, seed: Uint8Array): NoteSigner {
  return { name: origin, seed: new Secret(seed), publicKey: publicHalf(seed) };
}

function parseRing(text: string): AuditKeyRing {
  const { origin, seed, keys } = stored.parse(JSON.parse(text));
  const signer = signerOf(origin, Buffer.from(seed, 'base64'));
  const newest = keys[0]?.publicKey;
  if (newest === undefined || !Buffer.from(signer.publicKey).equals(Buffer.from(newest, 'base64')))
    throw new SealedBoxError(`the option ${OPTION} holds a key that isn't the newest of its list`);
  return {
    signer,
    keys: keys.map(({ publicKey, createdAt, retiredAt }) => ({
      name: origin,
      publicKey: Buffer.from(publicKey, 'base64'),
      createdAt: new Date(createdAt),
      retiredAt: retiredAt === null ? null : new Date(retiredAt),
    })),
  };
}

function ringText({ signer, keys }: AuditKeyRing): string {
  const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
  const ring: z.infer<typeof stored> = {
    origin: signer.name,
    seed: base64(signer.seed.reveal()),
    keys: keys.map(({ publicKey, createdAt, retiredAt }) => ({
      publicKey: base64(publicKey),
      createdAt: createdAt.toISOString(),
      retiredAt: retiredAt?.toISOString() ?? null,
    })),
  };
  return JSON.stringify(ring);
}

export async function readRing(sealed: SealedOptions): Promise<AuditKeyRing | undefined> {
  const text = await sealed.read(OPTION);
  return text === undefined ? undefined : parseRing(text);
}

export const writeRing = (sealed: SealedOptions, ring: AuditKeyRing, at: Date): Promise<void> =>
  sealed.write(OPTION, ringText(ring), at);

/** A ring whose new key signs; those before it stay listed by their public halves. */
export function ringWithNewKey(
  origin: string,
  before: readonly ListedKey[],
  { at, random }: { readonly at: Date; readonly random: RandomBytes },
): AuditKeyRing {
  const signer = signerOf(origin, random(SEED_BYTES));
  const newest: ListedKey = { name: origin, publicKey: signer.publicKey, createdAt: at, retiredAt: null };
  return { signer, keys: [newest, ...before.map((each) => ({ ...each, retiredAt: each.retiredAt ?? at }))] };
}

/** How it is recognised: by the public key's id, as in its signatures. */
export const ringParts = (plain: string): readonly SecretPart[] => {
  const { signer } = parseRing(plain);
  return [{ id: noteKeyId(signer).toString('hex'), fingerprint: fingerprint(signer.seed.reveal()), notAfter: null }];
};

/**
 * Another key signs from now on. The old private half signs the handover and is destroyed, so whoever trusted the one has
 * reason to trust the other; what it signed stays good. @throws not_found
 */
export async function rotateAuditKey(
  sealed: SealedOptions,
  rotation: { readonly at: Date; readonly random: RandomBytes },
): Promise<{ readonly id: string; readonly fingerprint: string; readonly statement: JsonObject }> {
  const text = await sealed.lock(OPTION);
  if (text === undefined)
    throw new ChaperoneError('not_found', { detail: 'The log has no key yet; its first checkpoint makes one.' });
  const old = parseRing(text);
  const ring = ringWithNewKey(old.signer.name, old.keys, rotation);
  await writeRing(sealed, ring, rotation.at);
  const key = verifierKey(ring.signer);
  return {
    id: noteKeyId(ring.signer).toString('hex'),
    fingerprint: fingerprint(ring.signer.seed.reveal()),
    statement: { key, note: signNote(`${old.signer.name}\nnext key ${key}\n`, [old.signer]) },
  };
}
