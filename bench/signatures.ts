import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { parseSignedRequest, signRequest, verifyParsedRequest } from '../src/identity/signatures/index.js';
import type { ReceivedRequest, SigningKey, VerificationKey } from '../src/identity/signatures/index.js';
import { systemClock, unixSeconds } from '../src/kernel/clock.js';
import type { KeyId } from '../src/kernel/ids.js';
import { Secret } from '../src/kernel/secret.js';

/** Verifications per second on one core, for requests as agents send them: a POST of half a kilobyte, two headers covered. */
const PUBLIC_URL = new URL('https://sidecar.example');
const ROUND_MS = 1_500;
const BODY = Buffer.from(JSON.stringify({ tool: 'posts.create', args: { title: 'Hello', content: 'x'.repeat(450) } }));

function requestSignedWith(key: SigningKey): ReceivedRequest {
  const headers = [
    ['Content-Type', 'application/json'],
    ['Authorization', 'Basic YWdlbnQ6YWJjZCBlZmdoIGlqa2w='],
    ['Idempotency-Key', 'order-17'],
  ] as const;
  const url = new URL('/v1/execute', PUBLIC_URL);
  const moment = { created: unixSeconds(systemClock.now()), nonce: randomBytes(18).toString('base64url') };
  const added = signRequest({ method: 'POST', url, headers, body: BODY }, key, moment);
  return {
    method: 'POST',
    rawTarget: url.pathname,
    rawHeaders: [['Host', url.host], ...headers, ...added],
    body: BODY,
  };
}

function verifyOnce(request: ReceivedRequest, key: VerificationKey): boolean {
  const step = parseSignedRequest(request, PUBLIC_URL);
  return step.ok && verifyParsedRequest(step.parsed, key, systemClock.now()).ok;
}

/** Runs `work` for a while after a warm-up and answers how often per second it ran. */
function perSecond(work: () => boolean): number {
  for (let warmUp = 0; warmUp < 2_000; warmUp += 1) if (!work()) throw new Error('a valid request was refused');
  const start = performance.now();
  let runs = 0;
  while (performance.now() - start < ROUND_MS) {
    work();
    runs += 1;
  }
  return (runs * 1000) / (performance.now() - start);
}

const pair = generateKeyPairSync('ed25519');
const hmac = { id: 'key_hmac' as KeyId, algorithm: 'hmac-sha256', secret: new Secret(randomBytes(32)) } as const;
const keys: readonly (readonly [SigningKey, VerificationKey])[] = [
  [hmac, hmac],
  [
    { id: 'key_ed' as KeyId, algorithm: 'ed25519', privateKey: pair.privateKey },
    { id: 'key_ed' as KeyId, algorithm: 'ed25519', publicKey: pair.publicKey },
  ],
];

for (const [signer, verifier] of keys) {
  const request = requestSignedWith(signer);
  const rate = perSecond(() => verifyOnce(request, verifier));
  const micros = 1_000_000 / rate;
  console.log(
    `${signer.algorithm.padEnd(12)} ${Math.round(rate).toLocaleString('en')} verifications/s, ${micros.toFixed(1)} µs each`,
  );
}
