import { createPrivateKey, createPublicKey, hash, sign, verify } from 'node:crypto';
import type { Secret } from '../kernel/secret.js';

/**
 * Signed notes (C2SP signed-note): a text that ends in a line break, an empty line, and signature lines
 * `— <key name> <base64 of 4 bytes of key id and the signature>`. Ed25519 is signature type 1.
 */
export interface NoteKey {
  readonly name: string;
  /** 32 bytes. */
  readonly publicKey: Uint8Array;
}

export interface NoteSigner extends NoteKey {
  /** The 32 bytes from which the private key is derived (RFC 8032, section 5.1.5). */
  readonly seed: Secret<Uint8Array>;
}

export type OpenedNote =
  | { readonly ok: true; readonly text: string; readonly signedBy: readonly NoteKey[] }
  | { readonly ok: false; readonly reason: string };

const ED25519 = Buffer.of(1);
const SIGNATURE_BYTES = 64;
const ID_BYTES = 4;
const MOST_SIGNATURES = 16;
/** DER before the raw key (RFC 8410). */
const PRIVATE_DER = Buffer.from('302e020100300506032b657004220420', 'hex');
const PUBLIC_DER = Buffer.from('302a300506032b6570032100', 'hex');
const SIGNATURE_LINE = /^\u2014 ([^\s+]+) ([A-Za-z0-9+/]+={0,2})$/u;

/** SHA-256 over name, line break, signature type and public key; its first four bytes. */
export function noteKeyId({ name, publicKey }: NoteKey): Buffer {
  return hash('sha256', Buffer.concat([Buffer.from(`${name}\n`, 'utf8'), ED25519, publicKey]), 'buffer').subarray(
    0,
    ID_BYTES,
  );
}

/** The key as people pass it on: `<name>+<key id>+<base64 of type and key>`. */
export const verifierKey = (key: NoteKey): string =>
  `${key.name}+${noteKeyId(key).toString('hex')}+${Buffer.concat([ED25519, key.publicKey]).toString('base64')}`;

const privateKeyOf = (seed: Uint8Array) =>
  createPrivateKey({ key: Buffer.concat([PRIVATE_DER, seed]), format: 'der', type: 'pkcs8' });
const publicKeyOf = (raw: Uint8Array) =>
  createPublicKey({ key: Buffer.concat([PUBLIC_DER, raw]), format: 'der', type: 'spki' });

/** The public half of a seed. */
export function publicHalf(seed: Uint8Array): Uint8Array {
  const der = createPublicKey(privateKeyOf(seed)).export({ format: 'der', type: 'spki' });
  return der.subarray(PUBLIC_DER.length);
}

export function signNote(text: string, signers: readonly NoteSigner[]): string {
  if (!text.endsWith('\n') || text.startsWith('\n') || text.includes('\n\n'))
    throw new Error('a note is lines of text, each of them ended');
  const lines = signers.map((signer) => {
    const signature = sign(null, Buffer.from(text, 'utf8'), privateKeyOf(signer.seed.reveal()));
    return `\u2014 ${signer.name} ${Buffer.concat([noteKeyId(signer), signature]).toString('base64')}\n`;
  });
  return `${text}\n${lines.join('')}`;
}

/**
 * The text of a note that at least one of the keys has signed. Signatures of other keys are left aside, as the
 * specification asks; one that names a known key and doesn't verify spoils the note.
 */
export function openNote(note: string, keys: readonly NoteKey[]): OpenedNote {
  const bad = (reason: string): OpenedNote => ({ ok: false, reason });
  const cut = note.lastIndexOf('\n\n');
  if (cut === -1 || !note.endsWith('\n')) return bad("it isn't a signed note");
  const text = note.slice(0, cut + 1);
  const lines = note.slice(cut + 2, -1).split('\n');
  if (lines.length > MOST_SIGNATURES) return bad('it has too many signatures');
  const signedBy: NoteKey[] = [];
  for (const line of lines) {
    const [, name, encoded] = SIGNATURE_LINE.exec(line) ?? [];
    if (name === undefined || encoded === undefined) return bad('a signature line is malformed');
    const bytes = Buffer.from(encoded, 'base64');
    const key = keys.find((each) => each.name === name && noteKeyId(each).equals(bytes.subarray(0, ID_BYTES)));
    if (key === undefined) continue;
    const signature = bytes.subarray(ID_BYTES);
    const fits =
      signature.length === SIGNATURE_BYTES &&
      bytes.toString('base64') === encoded &&
      verify(null, Buffer.from(text, 'utf8'), publicKeyOf(key.publicKey), signature);
    if (!fits) return bad(`the signature of ${name} doesn't verify`);
    signedBy.push(key);
  }
  return signedBy.length === 0 ? bad("none of this log's keys signed it") : { ok: true, text, signedBy };
}
