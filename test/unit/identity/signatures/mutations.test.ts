import { describe, expect, it } from '@jest/globals';
import {
  parseSignedRequest,
  verifyParsedRequest,
  type HeaderLine,
  type ReceivedRequest,
} from '../../../../src/identity/signatures/index.js';
import { ED25519, NOW, PUBLIC_URL, keyById, signedRequest } from './signing.js';
import { mutate, seededDice } from './mutations.js';
import { rounds } from '../../../support/rounds.js';

const COUNT = rounds('MUTATIONS', { usual: 10_000, published: 100_000 });
const SEED = 20_261_122;

const ORIGINALS: readonly ReceivedRequest[] = [
  signedRequest({ method: 'GET', target: '/v1/tools', nonce: 'nonce-of-the-1st' }),
  signedRequest({ method: 'GET', target: '/v1/audit?user=7&tool=posts.create&x=%20a', nonce: 'nonce-of-the-2nd' }),
  signedRequest({
    nonce: 'nonce-of-the-3rd',
    headers: [
      ['Idempotency-Key', 'k1'],
      ['User-Agent', 'agent/1'],
    ],
  }),
  signedRequest({
    nonce: 'nonce-of-the-4th',
    body: '{"a":1}',
    headers: [
      ['Authorization', 'Basic YTpi'],
      ['Idempotency-Key', 'k2'],
    ],
  }),
  signedRequest({ nonce: 'nonce-of-the-5th', headers: [['AI-Agent-Acting-User', '7']], target: '/v1/agents?a=b' }),
  signedRequest({ nonce: 'nonce-of-the-6th', key: ED25519, headers: [['Idempotency-Key', 'k3']] }),
];

function accepts(request: ReceivedRequest): boolean {
  const step = parseSignedRequest(request, PUBLIC_URL);
  return step.ok && verifyParsedRequest(step.parsed, keyById(step.parsed.keyId), NOW).ok;
}

/** Headers without any say in this profile, as long as they weren't covered; none of the originals covers them. */
const MEANINGLESS = new Set(['user-agent', 'x-forwarded-host', 'x-http-method-override']);
/** Headers that decide what a request means. */
const MEANINGFUL = [
  'host',
  'content-type',
  'content-digest',
  'authorization',
  'idempotency-key',
  'ai-agent-acting-user',
  'content-disposition',
  'signature',
  'signature-input',
];

/**
 * What a request means to whoever receives it. Two requests are the same when these agree: the method; the path; the
 * query, where none and a lone question mark are one; the bytes of the body; and for every meaningful header its lines, in
 * order, without the spaces around their values (RFC 9110, section 5.5), Host without regard to case and default port,
 * Content-Type only where there is a body whose type it could be, and whatever label both signature headers share.
 */
function meaningOf({ method, rawTarget, rawHeaders, body }: ReceivedRequest): string {
  const lines = rawHeaders.map(([name, value]) => [name.toLowerCase(), value.replace(/^[ \t]+|[ \t]+$/g, '')] as const);
  const named = MEANINGFUL.filter((name) => name !== 'content-type' || body.byteLength > 0);
  const headers = named.map((name) => lines.filter(([one]) => one === name).map(([, value]) => value));
  const label = labelOf(lines, 'signature-input');
  const isShared = label !== undefined && label === labelOf(lines, 'signature');
  const unlabelled = headers
    .slice(1)
    .map((values) => values.map((value) => (isShared && value.startsWith(label) ? value.slice(label.length) : value)));
  const host = (headers[0] ?? []).map((value) => value.toLowerCase().replace(/:443$/, ''));
  return JSON.stringify([method, rawTarget.replace(/\?$/, ''), host, unlabelled, Buffer.from(body).toString('hex')]);
}

/** Labels aren't signed and mean nothing (RFC 9421, section 4.1): `sig1=` and `sig2=` in both headers are the same. */
function labelOf(lines: readonly HeaderLine[], name: string): string | undefined {
  const values = lines.filter(([one]) => one === name).map(([, value]) => value);
  return values.length === 1 ? /^[a-z*][a-z0-9_.*-]*=/.exec(values[0] ?? '')?.[0] : undefined;
}

describe('mutated requests', () => {
  it('start from requests that are accepted', () => {
    for (const original of ORIGINALS) expect(accepts(original)).toBe(true);
  });

  it(`are refused unless they mean the same: ${COUNT} of them`, () => {
    const dice = seededDice(SEED);
    const counts = { refused: 0, same: 0, accepted: 0 };
    const wrongly: ReceivedRequest[] = [];
    while (counts.refused + counts.accepted < COUNT) {
      const original = ORIGINALS[dice(ORIGINALS.length)] ?? signedRequest();
      const other = ORIGINALS[dice(ORIGINALS.length)] ?? original;
      const rounds = 1 + dice(3);
      let mutant = original;
      for (let round = 0; round < rounds; round += 1) mutant = mutate(mutant, other, dice);
      // A mutant may have become another of the originals, by taking all of its parts.
      if (ORIGINALS.some((one) => meaningOf(one) === meaningOf(mutant))) {
        counts.same += 1;
      } else if (accepts(mutant)) {
        counts.accepted += 1;
        wrongly.push(mutant);
      } else {
        counts.refused += 1;
      }
    }
    console.info(
      `mutated requests: ${counts.refused} refused, ${counts.accepted} accepted, ${counts.same} left meaning the same (seed ${SEED})`,
    );
    expect(wrongly.slice(0, 3)).toEqual([]);
    expect(counts.accepted).toBe(0);
    expect(counts.same).toBeLessThan(COUNT);
  }, 120_000);

  it('may gain headers without any say', () => {
    for (const name of MEANINGLESS) {
      for (const original of ORIGINALS) {
        expect(accepts({ ...original, rawHeaders: [...original.rawHeaders, [name, 'x']] })).toBe(true);
      }
    }
  });
});
