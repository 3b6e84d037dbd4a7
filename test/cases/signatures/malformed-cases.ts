import { craft, digest, HMAC_KEY, NOW, type Crafted, type Header } from './craft.js';
import type { Case } from './make-vectors.js';

const GET = { method: 'GET', url: 'https://sidecar.example/v1/tools' } as const;
const params = (created: string, nonce = 'nonce-0123456789abcdef', more = ''): string =>
  `;created=${created};expires=${NOW + 300};nonce="${nonce}";keyid="${HMAC_KEY.id}";tag="ai-agent"${more}`;

const malformed = (name: string, description: string, request: Crafted): Case => ({
  name,
  description,
  request,
  expect: 'request_malformed',
});

/** Requests of which two readers could make two different things. */
export function malformedCases(): readonly Case[] {
  return [...doubledCases(), ...fieldCases(), ...parameterCases(), ...addressCases(), ...missingCases()];
}

function changed(request: Crafted, name: string, change: (value: string) => string): Crafted {
  return {
    ...request,
    headers: request.headers.map(([one, value]): Header => [one, one === name ? change(value) : value]),
  };
}

function doubledCases(): readonly Case[] {
  const twice = (name: string, second: string, headers: readonly Header[] = []): Case => {
    const request = craft({ headers });
    const doubled = [...request.headers, [name.toLowerCase(), second] as const];
    return malformed(`twice-${name.toLowerCase()}`, `A second ${name} line.`, { ...request, headers: doubled });
  };
  return [
    twice('Host', 'sidecar.example'),
    twice('Content-Type', 'text/html'),
    twice('Content-Digest', 'sha-256=:AAAA:'),
    twice('Authorization', 'Basic Yjpi', [['Authorization', 'Basic YTph']]),
    twice('Idempotency-Key', 'k2', [['Idempotency-Key', 'k1']]),
    twice('AI-Agent-Acting-User', '1', [['AI-Agent-Acting-User', '7']]),
    twice('Signature', 'sig2=:AAAA:'),
    twice('Signature-Input', 'sig2=()'),
    malformed(
      'twice-content-digest-bodiless',
      'Two digests of nothing.',
      craft({
        ...GET,
        headers: [
          ['Content-Digest', digest('')],
          ['Content-Digest', digest('')],
        ],
        components: ['@method', '@authority', '@path', '@query'],
      }),
    ),
    malformed(
      'twice-content-type-signed',
      'Even when the signature covers the joined lines.',
      craft({ headers: [['Content-Type', 'text/html']] }),
    ),
    malformed(
      'twice-covered-header',
      'A covered header that came twice.',
      craft({
        ...GET,
        headers: [
          ['Accept', 'a/b'],
          ['Accept', 'c/d'],
        ],
        components: ['@method', '@authority', '@path', '@query', 'accept'],
      }),
    ),
  ];
}

/** Enough headers for a list of components longer than any honest one. */
const FILLER: readonly Header[] = Array.from({ length: 130 }, (_, index) => [
  `x-filler-${'0'.repeat(20)}${index}`,
  'x',
]);

function fieldCases(): readonly Case[] {
  const get = craft(GET);
  const input = (name: string, description: string, change: (value: string) => string): Case =>
    malformed(name, description, changed(get, 'Signature-Input', change));
  const signature = (name: string, description: string, change: (value: string) => string): Case =>
    malformed(name, description, changed(get, 'Signature', change));
  return [
    input('input-not-a-dictionary', 'Signature-Input is nonsense.', () => ')('),
    input('input-empty', 'Signature-Input is empty.', () => ''),
    input('input-without-list', 'A string instead of a list.', () => 'sig1="@method"'),
    input('input-two-signatures', 'Two signatures.', (value) => `${value}, ${value.replace('sig1', 'sig2')}`),
    input(
      'input-same-label-twice',
      'A parser that keeps the last sees one signature, another sees the first.',
      (value) => `sig1=();created=1, ${value}`,
    ),
    malformed(
      'input-too-long',
      'More than 4 KB, and right in everything else.',
      craft({
        ...GET,
        headers: FILLER,
        components: ['@method', '@authority', '@path', '@query', ...FILLER.map(([name]) => name)],
      }),
    ),
    input('input-trailing-garbage', 'Something behind the end.', (value) => `${value} x`),
    malformed(
      'input-tokens',
      'Components as tokens, not strings.',
      changed(get, 'Signature-Input', (value) => value.replace('"@method" ', 'method ')),
    ),
    signature('signature-two', 'Two signatures.', (value) => `${value}, sig2=:AAAA:`),
    signature('signature-other-label', 'The labels differ.', (value) => value.replace('sig1', 'sig2')),
    signature('signature-label-twice', 'The same label twice.', (value) => `sig1=:AAAA:, ${value}`),
    signature('signature-a-string', 'A string instead of bytes.', (value) => value.replace(/:/g, '"')),
    signature('signature-without-padding', 'Base64 without its padding.', (value) => value.replace(/=:$/, ':')),
    signature('signature-padding-bits', 'Base64 whose unused bits are set decodes to the same bytes.', loosened),
    signature('signature-base64url', 'The other alphabet.', (value) => value.replace(/.:$/, '_:')),
    signature('signature-spaces', 'Spaces within base64.', (value) => value.replace(/:$/, ' :')),
    signature('signature-with-parameter', 'A parameter behind the bytes.', (value) => `${value};a=1`),
    signature('signature-folded', 'A folded line.', (value) => value.replace('=:', '=\r\n :')),
    malformed(
      'header-folded',
      'A folded line, signed as one.',
      craft({ ...GET, headers: [['Idempotency-Key', 'a\r\n b']], signedAs: { 'idempotency-key': 'a b' } }),
    ),
    malformed(
      'header-line-feed',
      'A line feed would forge a line of the signature base.',
      craft({ ...GET, headers: [['Idempotency-Key', 'a\n"@method": POST']] }),
    ),
    malformed('header-nul', 'A NUL.', craft({ ...GET, headers: [['Idempotency-Key', 'a\u0000b']] })),
  ];
}

/** Sets the two bits of the last base64 digit that a 32-byte value leaves unused. */
function loosened(value: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
  return value.replace(/(.)=:$/, (_all, last: string) => `${alphabet.charAt(alphabet.indexOf(last) | 1)}=:`);
}

function parameterCases(): readonly Case[] {
  const bent = (name: string, description: string, text: string): Case =>
    malformed(name, description, craft({ ...GET, params: text }));
  const now = String(NOW);
  return [
    bent('created-decimal', 'A decimal.', params(`${now}.0`)),
    bent('created-fraction', 'A fraction.', params(`${now}.5`)),
    bent('created-string', 'A string.', params(`"${now}"`)),
    bent('created-date', 'An RFC 9651 date.', params(`@${now}`)),
    bent('created-leading-zero', 'A leading zero.', params(`0${now}`)),
    bent('created-negative', 'Before the epoch.', params('-1')),
    bent('created-boolean', 'A flag.', params(now).replace(`created=${now}`, 'created')),
    bent('created-twice', 'A parser that keeps the last sees another time.', `;created=1${params(now)}`),
    bent('nonce-too-short', 'Fifteen characters.', params(now, '0123456789abcde')),
    bent('nonce-too-long', 'A hundred and twenty-nine characters.', params(now, 'n'.repeat(129))),
    bent('nonce-escaped', 'A quote within the nonce.', params(now, '0123456789abcdef\\"')),
    bent(
      'nonce-token',
      'A token instead of a string.',
      params(now).replace(/nonce="[^"]*"/, 'nonce=abcdefghijklmnopqrst'),
    ),
    bent('keyid-token', 'A token instead of a string.', params(now).replace(/keyid="[^"]*"/, 'keyid=key_vectors')),
    bent('alg-token', 'A token instead of a string.', params(now, undefined, ';alg=hmac-sha256')),
    bent('parameter-unknown', 'A parameter that this profile does not have.', params(now, undefined, ';scope="all"')),
    bent('parameters-spaced', 'Spaces where the canonical form has none.', params(now).replaceAll(';', '; ')),
    malformed(
      'component-twice',
      'A component twice.',
      craft({ ...GET, components: ['@method', '@authority', '@path', '@query', '@method'] }),
    ),
  ];
}

function addressCases(): readonly Case[] {
  const host = (name: string, value: string, description: string): Case =>
    malformed(name, description, craft({ ...GET, host: value }));
  const get = craft(GET);
  return [
    host('host-of-another', 'other.example', 'Host names another service; @authority is what was configured.'),
    host('host-with-other-port', 'sidecar.example:8443', 'Another port is another service.'),
    host('host-with-port-80', 'sidecar.example:80', 'Not the default port of https.'),
    host('host-with-dot', 'sidecar.example.', 'A trailing dot.'),
    host('host-list', 'sidecar.example, sidecar.example', 'Two hosts in one line.'),
    host('host-empty', '', 'An empty Host.'),
    malformed('host-missing', 'No Host.', { ...get, headers: get.headers.filter(([name]) => name !== 'Host') }),
    malformed(
      'host-forwarded',
      'Forwarding headers are never consulted.',
      craft({ ...GET, host: 'inner:3000', headers: [['X-Forwarded-Host', 'sidecar.example']] }),
    ),
  ];
}

function missingCases(): readonly Case[] {
  const missing = (name: string, description: string, gone: readonly string[]): Case => {
    const request = craft(GET);
    return {
      name,
      description,
      request: { ...request, headers: request.headers.filter(([one]) => !gone.includes(one)) },
      expect: 'signature_missing',
    };
  };
  return [
    missing('unsigned', 'Neither header.', ['Signature', 'Signature-Input']),
    missing('signature-header-missing', 'Signature-Input alone.', ['Signature']),
    missing('input-header-missing', 'Signature alone.', ['Signature-Input']),
  ];
}
