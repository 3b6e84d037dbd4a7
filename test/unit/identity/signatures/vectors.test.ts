import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import type { KeyId } from '../../../../src/kernel/ids.js';
import { Secret } from '../../../../src/kernel/secret.js';
import {
  ed25519PublicKey,
  parseSignedRequest,
  verifyParsedRequest,
} from '../../../../src/identity/signatures/index.js';
import type { Refusal, VerificationKey, VerifiedRequest } from '../../../../src/identity/signatures/index.js';
import type { Vector } from '../../../cases/signatures/craft.js';
import { makeVectors } from '../../../cases/signatures/make-vectors.js';

const FILE = 'test/cases/signatures/vectors.json';
// Writes the file anew after a case was added: UPDATE_VECTORS=1 with this test, then prettier.
if (process.env['UPDATE_VECTORS'] === '1') writeFileSync(FILE, JSON.stringify(makeVectors(), null, 2));

const { vectors } = JSON.parse(readFileSync(FILE, 'utf8')) as { vectors: readonly Vector[] };

function keyOf({ key }: Vector): VerificationKey {
  const id = key.id as KeyId;
  return key.algorithm === 'ed25519'
    ? { id, algorithm: 'ed25519', publicKey: ed25519PublicKey(Buffer.from(key.publicKey ?? '', 'base64')) }
    : { id, algorithm: 'hmac-sha256', secret: new Secret(Buffer.from(key.secret ?? '', 'base64')) };
}

function verdictOf(vector: Vector): Refusal | VerifiedRequest {
  const { method, url, headers, body } = vector.request;
  const { origin } = new URL(url);
  const request = { method, rawTarget: url.slice(origin.length), rawHeaders: headers, body: Buffer.from(body, 'utf8') };
  const step = parseSignedRequest(request, new URL(vector.publicUrl ?? origin));
  if (!step.ok) return step;
  const key = step.parsed.keyId === vector.key.id ? keyOf(vector) : undefined;
  return verifyParsedRequest(step.parsed, key, new Date(vector.now * 1000));
}

describe('the signature vectors', () => {
  it('are what the generator makes, under names of their own', () => {
    expect({ vectors }).toEqual(makeVectors());
    expect(new Set(vectors.map(({ name }) => name)).size).toBe(vectors.length);
    expect(vectors.length).toBeGreaterThanOrEqual(60);
  });

  it.each(vectors.map((vector) => [vector.name, vector] as const))('%s', (_name, vector) => {
    const verdict = verdictOf(vector);
    expect(verdict.ok ? { ok: true } : { ok: false, code: verdict.code }).toEqual(vector.expect);
  });
});
