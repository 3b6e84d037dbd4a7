import { createCipheriv, createDecipheriv, createHash } from 'node:crypto';
import { ChaperoneError } from '../kernel/errors.js';
import type { RandomBytes } from '../kernel/ids.js';
import type { Secret } from '../kernel/secret.js';

/** Where a sealed value belongs. It is authenticated, so a value moved to another row or version doesn't open. */
export interface SealedPlace {
  /** `options:<option_name>` or `ai_agent_keys:<key id>` */
  readonly place: string;
  readonly version: number;
}

export interface SealedBox {
  /** The key-encryption key that seals. */
  readonly sealingKekId: string;
  /** All that open. */
  readonly kekIds: readonly string[];
  seal(plain: string, at: SealedPlace): string;
  /** @throws SealedBoxError when no key opens it; nothing is ever half-opened. */
  open(sealed: string, at: SealedPlace): string;
}

/** What is wrong is for the log; a caller hears `secret_unreadable` alone. */
export class SealedBoxError extends ChaperoneError {
  constructor(why: string, { cause }: { readonly cause?: unknown } = {}) {
    super('secret_unreadable', { cause: new Error(why, { cause }) });
  }
}

const IV_BYTES = 12;
const TAG_BYTES = 16;
const FORM = /^v1\.([0-9a-f]{8})\.([A-Za-z0-9_-]{16})\.([A-Za-z0-9_-]{22,})$/;

/** A name for a key-encryption key that gives nothing of it away: 8 hexadecimal digits of a tagged SHA-256. */
export function kekId(kek: Uint8Array): string {
  return createHash('sha256').update('chaperone/kek-id/v1').update(kek).digest('hex').slice(0, 8);
}

/** Which key-encryption key sealed this. @throws SealedBoxError when it isn't a sealed value */
export function kekIdOf(sealed: string): string {
  const id = FORM.exec(sealed)?.[1];
  if (id === undefined) throw new SealedBoxError('not a sealed value');
  return id;
}

const associatedData = (id: string, { place, version }: SealedPlace): Buffer =>
  Buffer.from(`chaperone|${id}|${place}|${version}`, 'utf8');

/**
 * AES-256-GCM with a 16-byte tag (NIST SP 800-38D), the form of docs/bridge.md. The tag length is given to node:crypto
 * explicitly: without it a 4-byte tag would be accepted.
 */
export function makeSealedBox(keks: readonly Secret<Uint8Array>[], random: RandomBytes): SealedBox {
  const ring = keks.map((kek) => ({ id: kekId(kek.reveal()), kek }));
  const [first] = ring;
  if (first === undefined) throw new SealedBoxError('there is no key-encryption key');
  return {
    sealingKekId: first.id,
    kekIds: ring.map(({ id }) => id),
    seal(plain, at) {
      const iv = random(IV_BYTES);
      const cipher = createCipheriv('aes-256-gcm', first.kek.reveal(), iv, { authTagLength: TAG_BYTES });
      cipher.setAAD(associatedData(first.id, at));
      const body = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final(), cipher.getAuthTag()]);
      return `v1.${first.id}.${Buffer.from(iv).toString('base64url')}.${body.toString('base64url')}`;
    },
    open(sealed, at) {
      const [, id, iv, body] = FORM.exec(sealed) ?? [];
      if (id === undefined || iv === undefined || body === undefined) throw new SealedBoxError('not a sealed value');
      const key = ring.find((each) => each.id === id);
      if (key === undefined) throw new SealedBoxError(`sealed with the key-encryption key ${id}, which isn't given`);
      const bytes = Buffer.from(body, 'base64url');
      const decipher = createDecipheriv('aes-256-gcm', key.kek.reveal(), Buffer.from(iv, 'base64url'), {
        authTagLength: TAG_BYTES,
      });
      decipher.setAAD(associatedData(id, at));
      decipher.setAuthTag(bytes.subarray(bytes.length - TAG_BYTES));
      try {
        return Buffer.concat([decipher.update(bytes.subarray(0, -TAG_BYTES)), decipher.final()]).toString('utf8');
      } catch (cause) {
        throw new SealedBoxError(`the sealed value at ${at.place} was changed or moved`, { cause });
      }
    },
  };
}
