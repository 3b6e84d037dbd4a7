import { coverageCases } from './coverage-cases.js';
import { ED25519_KEY, HMAC_KEY, NOW, type Crafted, type Vector } from './craft.js';
import { goodCases } from './good-cases.js';
import { malformedCases } from './malformed-cases.js';
import { refusedCases } from './refused-cases.js';

/** One line of a case file: a request, and what becomes of it (`ok`, or the code of the refusal). */
export interface Case {
  readonly name: string;
  readonly description: string;
  readonly request: Crafted;
  readonly expect: string;
  readonly key?: 'ed25519';
  readonly publicUrl?: string;
  readonly now?: number;
}

/** The vectors in `vectors.json`, which the sidecar's tests and the plugin's PHPUnit read alike. */
export function makeVectors(): { readonly vectors: readonly Vector[] } {
  const cases: readonly Case[] = [...goodCases(), ...coverageCases(), ...malformedCases(), ...refusedCases()];
  return { vectors: cases.map(vectorOf) };
}

function vectorOf(one: Case): Vector {
  return {
    name: one.name,
    description: one.description,
    key: one.key === 'ed25519' ? ED25519_KEY : HMAC_KEY,
    ...(one.publicUrl === undefined ? {} : { publicUrl: one.publicUrl }),
    request: one.request,
    now: one.now ?? NOW,
    expect: one.expect === 'ok' ? { ok: true } : { ok: false, code: one.expect },
  };
}
