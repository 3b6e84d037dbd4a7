import { craft, digest, NOW, type Crafted, type Header } from './craft.js';
import type { Case } from './make-vectors.js';

const GET = { method: 'GET', url: 'https://sidecar.example/v1/tools' } as const;
const BODY = '{"tool":"posts.create","args":{}}';

/** Well-formed requests that aren't their key's, aren't of this time, or carry another body. */
export function refusedCases(): readonly Case[] {
  return [...forgedCases(), ...keyCases(), ...staleCases(), ...digestCases()];
}

const refused =
  (expect: string) =>
  (name: string, description: string, request: Crafted, more: Partial<Case> = {}): Case => ({
    name,
    description,
    request,
    expect,
    ...more,
  });

function withHeader(request: Crafted, name: string, value: string): Crafted {
  return { ...request, headers: request.headers.map(([one, old]): Header => [one, one === name ? value : old]) };
}

function forgedCases(): readonly Case[] {
  const forged = refused('signature_invalid');
  const get = craft({ ...GET, url: `${GET.url}?a=1` });
  const post = craft({
    headers: [
      ['Authorization', 'Basic YTph'],
      ['AI-Agent-Acting-User', '7'],
      ['Idempotency-Key', 'k'],
    ],
  });
  return [
    forged('another-method', 'Signed as a GET, sent as a DELETE.', { ...get, method: 'DELETE' }),
    forged('another-path', 'Signed for one path, sent to another.', {
      ...get,
      url: 'https://sidecar.example/v1/agents?a=1',
    }),
    forged('path-in-capitals', 'Paths have a case.', { ...get, url: 'https://sidecar.example/v1/Tools?a=1' }),
    forged('path-encoded', 'Percent-encoding is not undone.', {
      ...get,
      url: 'https://sidecar.example/v1/%74ools?a=1',
    }),
    forged('path-double-slash', 'Slashes are not merged.', { ...get, url: 'https://sidecar.example//v1/tools?a=1' }),
    forged('path-trailing-slash', 'A trailing slash counts.', { ...get, url: 'https://sidecar.example/v1/tools/?a=1' }),
    forged('another-query', 'An argument changed.', { ...get, url: `${GET.url}?a=2` }),
    forged('query-extended', 'An argument added.', { ...get, url: `${GET.url}?a=1&b=2` }),
    forged('query-dropped', 'The query dropped.', { ...get, url: GET.url }),
    forged('query-reencoded', 'The same argument, encoded otherwise.', { ...get, url: `${GET.url}?%61=1` }),
    forged(
      'another-authority',
      'Signed for another service.',
      withHeader(craft({ ...GET, url: 'https://other.example/v1/tools' }), 'Host', 'sidecar.example'),
      { publicUrl: 'https://sidecar.example' },
    ),
    forged('another-content-type', 'The type of the body swapped.', withHeader(post, 'Content-Type', 'text/plain')),
    forged('another-authorization', 'The credential swapped.', withHeader(post, 'Authorization', 'Basic Yjpi')),
    forged('another-acting-user', 'The acting user swapped.', withHeader(post, 'AI-Agent-Acting-User', '1')),
    forged('another-idempotency-key', 'The idempotency key swapped.', withHeader(post, 'Idempotency-Key', 'l')),
    forged('another-body-and-digest', 'Body and digest swapped, the signature kept.', {
      ...withHeader(post, 'Content-Digest', digest(BODY)),
      body: BODY,
    }),
    forged(
      'prefix-doubled',
      'The prefix is put back once.',
      { ...craft({ ...GET, url: 'https://site.example/x/x/v1/tools' }), url: 'https://site.example/v1/tools' },
      { publicUrl: 'https://site.example/x' },
    ),
    forged('prefix-look-alike', 'A prefix ends at a slash.', craft({ ...GET, url: 'https://site.example/xy/tools' }), {
      publicUrl: 'https://site.example/x',
    }),
  ];
}

function keyCases(): readonly Case[] {
  const forged = refused('signature_invalid');
  const get = craft(GET);
  return [
    forged('unknown-key', 'Nobody has this key id.', craft({ ...GET, keyid: 'key_unknown' })),
    forged('impossible-key-id', 'No key can have this id.', craft({ ...GET, keyid: 'a b' })),
    forged('key-id-in-capitals', 'Key ids are compared exactly.', craft({ ...GET, keyid: 'KEY_VECTORS' })),
    forged('alg-of-another-kind', 'The message does not choose the algorithm.', craft({ ...GET, alg: 'ed25519' })),
    forged('alg-unknown', 'An algorithm that nobody knows.', craft({ ...GET, alg: 'none' })),
    forged('alg-empty', 'An empty algorithm.', craft({ ...GET, alg: '' })),
    forged(
      'hmac-for-ed25519',
      'An HMAC under an Ed25519 key\u2019s id.',
      craft({ ...GET, keyid: 'key_vectors_ed25519' }),
      { key: 'ed25519' },
    ),
    forged('mac-cut-short', 'Half a MAC.', withHeader(get, 'Signature', 'sig1=:AAAAAAAAAAAAAAAAAAAAAA==:')),
    forged('mac-empty', 'No MAC.', withHeader(get, 'Signature', 'sig1=::')),
    forged('mac-zero', 'A MAC of zeros.', withHeader(get, 'Signature', `sig1=:${'A'.repeat(43)}=:`)),
    forged(
      'ed25519-zero',
      'An Ed25519 signature of zeros.',
      withHeader(craft({ ...GET, algorithm: 'ed25519' }), 'Signature', `sig1=:${'A'.repeat(86)}==:`),
      { key: 'ed25519' },
    ),
    forged(
      'later-expiry',
      'The parameters are covered too.',
      withHeader(get, 'Signature-Input', inputOf(get).replace(`expires=${NOW + 300}`, `expires=${NOW + 299}`)),
    ),
    forged(
      'another-nonce',
      'A fresh nonce on an old signature.',
      withHeader(get, 'Signature-Input', inputOf(get).replace('nonce-0', 'nonce-1')),
    ),
    forged(
      'components-reordered',
      'The order of the components is covered.',
      withHeader(get, 'Signature-Input', inputOf(get).replace('"@method" "@authority"', '"@authority" "@method"')),
    ),
  ];
}

const inputOf = (request: Crafted): string => request.headers.find(([name]) => name === 'Signature-Input')?.[1] ?? '';

function staleCases(): readonly Case[] {
  const stale = refused('signature_stale');
  return [
    stale('created-31-seconds-ahead', 'More than the clocks may differ.', craft({ created: NOW + 31 })),
    stale(
      'expired-31-seconds-ago',
      'More than the clocks may differ.',
      craft({ created: NOW - 331, expires: NOW - 31 }),
    ),
    stale('replayed-next-day', 'Yesterday\u2019s request.', craft(), { now: NOW + 86_400 }),
    stale('lives-301-seconds', 'Longer than 300 seconds.', craft({ expires: NOW + 301 })),
    stale('lives-forever', 'A very late expiry.', craft({ expires: 999_999_999_999_999 })),
    stale('lives-no-second', 'Expires when it is created.', craft({ expires: NOW })),
    stale('expires-before-created', 'Expires before it is created.', craft({ expires: NOW - 1 })),
  ];
}

function digestCases(): readonly Case[] {
  const wrong = refused('digest_mismatch');
  const malformed = refused('request_malformed');
  const other = digest('{}');
  const post = craft({ body: BODY });
  const signedWith = (text: string): Crafted => craft({ body: BODY, digest: text });
  return [
    wrong('another-body', 'The body swapped, everything else kept.', {
      ...post,
      body: BODY.replace('create', 'delete'),
    }),
    wrong('body-extended', 'A byte added.', { ...post, body: `${BODY}\n` }),
    wrong('digest-of-another-body', 'A wrong digest, signed.', signedWith(other)),
    wrong(
      'digest-one-wrong',
      'sha-256 right, sha-512 wrong.',
      signedWith(`${digest(BODY)}, ${digest('{}', 'sha-512')}`),
    ),
    wrong('digest-other-wrong', 'sha-512 right, sha-256 wrong.', signedWith(`${other}, ${digest(BODY, 'sha-512')}`)),
    wrong('digest-unknown-only', 'An algorithm that nobody knows, alone.', signedWith('md5=:AAAA:')),
    wrong('digest-cut-short', 'Half a digest.', signedWith('sha-256=:AAAAAAAAAAAAAAAAAAAAAA==:')),
    malformed(
      'digest-twice',
      'A parser that keeps the last sees the right one.',
      signedWith(`${other}, ${digest(BODY)}`),
    ),
    malformed('digest-a-string', 'A string instead of bytes.', signedWith('sha-256="abc"')),
    malformed('digest-without-padding', 'Base64 without its padding.', signedWith(digest(BODY).replace('=:', ':'))),
    malformed(
      'digest-upper-case',
      'Keys of a dictionary are lower case.',
      signedWith(digest(BODY).replace('sha', 'SHA')),
    ),
    malformed('digest-nonsense', 'No dictionary at all.', signedWith('(((')),
  ];
}
