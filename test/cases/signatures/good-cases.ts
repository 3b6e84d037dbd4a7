import { craft, digest, NOW } from './craft.js';
import type { Case } from './make-vectors.js';

const GET = { method: 'GET', url: 'https://sidecar.example/v1/tools' } as const;
const BODY = '{"tool":"posts.create","args":{"title":"Gr\u00fc\u00dfe \u{1f44b}"}}';

/** What must be accepted. */
export function goodCases(): readonly Case[] {
  return [...plainCases(), ...headerCases(), ...timeCases(), ...addressCases()];
}

const good = (name: string, description: string, request: Case['request'], more: Partial<Case> = {}): Case => ({
  name,
  description,
  request,
  expect: 'ok',
  ...more,
});

function plainCases(): readonly Case[] {
  return [
    good('get-without-body', 'No body, so neither content-digest nor content-type is needed.', craft(GET)),
    good(
      'get-with-query',
      'The query is covered byte for byte.',
      craft({ ...GET, url: 'https://sidecar.example/v1/audit?b=2&a=%20x&a=+&c' }),
    ),
    good('get-with-empty-query', 'A lone question mark is the same as no query.', {
      ...craft(GET),
      url: 'https://sidecar.example/v1/tools?',
    }),
    good(
      'get-with-encoded-path',
      'The path is covered as sent, percent-encoding included.',
      craft({ ...GET, url: 'https://sidecar.example/v1/calls/a%2Fb%20c' }),
    ),
    good('post-with-body', 'Body, content-digest and content-type.', craft()),
    good('post-with-utf8-body', 'The digest is over the bytes of UTF-8.', craft({ body: BODY })),
    good('post-without-body', 'A POST of nothing is signed like a GET.', craft({ body: '' })),
    good(
      'put-with-body',
      'The method is covered.',
      craft({ method: 'PUT', url: 'https://sidecar.example/v1/kill-switch', body: '{"on":true}' }),
    ),
    good(
      'delete-without-body',
      'DELETE needs no body.',
      craft({ method: 'DELETE', url: 'https://sidecar.example/v1/agents/agt_1' }),
    ),
    good('digest-sha-512', 'sha-512 alone.', craft({ body: BODY, digest: digest(BODY, 'sha-512') })),
    good(
      'digest-both',
      'sha-256 and sha-512, both right.',
      craft({ body: BODY, digest: `${digest(BODY, 'sha-512')}, ${digest(BODY)}` }),
    ),
    good(
      'digest-both-tight',
      'No space behind the comma.',
      craft({ body: BODY, digest: `${digest(BODY)},${digest(BODY, 'sha-512')}` }),
    ),
    good(
      'digest-unknown-besides',
      'An algorithm that nobody knows is passed over when a known one is there.',
      craft({ body: BODY, digest: `md5=:AAAA:, ${digest(BODY)}` }),
    ),
    good('ed25519', 'A POST signed with Ed25519.', craft({ algorithm: 'ed25519' }), { key: 'ed25519' }),
    good(
      'ed25519-get',
      'A GET signed with Ed25519, alg repeated.',
      craft({ ...GET, algorithm: 'ed25519', alg: 'ed25519' }),
      { key: 'ed25519' },
    ),
  ];
}

function headerCases(): readonly Case[] {
  return [
    good('idempotency-key', 'Sent, so covered.', craft({ headers: [['Idempotency-Key', 'order-17']] })),
    good('authorization', 'Sent, so covered.', craft({ headers: [['Authorization', 'Basic YWdlbnQ6YWJjZA==']] })),
    good(
      'acting-user',
      'What the bridge and the sidecar send to each other.',
      craft({ headers: [['AI-Agent-Acting-User', '7']] }),
    ),
    good('acting-user-get', 'A GET by the bridge.', craft({ ...GET, headers: [['AI-Agent-Acting-User', '0']] })),
    good(
      'everything',
      'All that is covered when sent, at once.',
      craft({
        headers: [
          ['Authorization', 'Bearer x.y.z'],
          ['Idempotency-Key', '"q"'],
          ['AI-Agent-Acting-User', '12'],
        ],
      }),
    ),
    good(
      'uncovered-extra',
      'Headers that mean nothing here may be added and needn\u2019t be covered.',
      craft({
        headers: [
          ['User-Agent', 'curl/8'],
          ['Accept', '*/*'],
          ['Accept', 'text/html'],
        ],
        components: ['@method', '@authority', '@path', '@query', 'content-digest', 'content-type'],
      }),
    ),
    good(
      'covered-extra',
      'More may be covered than must be.',
      craft({
        headers: [['Date', 'Sun, 22 Nov 2026 20:00:00 GMT']],
        components: ['@query', 'date', '@path', '@authority', 'content-type', '@method', 'content-digest', 'host'],
      }),
    ),
    good(
      'spaces-around-values',
      'Spaces around a value are not part of it.',
      craft({ headers: [['Idempotency-Key', ' \torder-17  ']] }),
    ),
    good(
      'header-names-any-case',
      'Header names have no case.',
      upperCased(craft({ headers: [['Idempotency-Key', 'k']] })),
    ),
    good('other-label', 'The label is the signer\u2019s choice.', craft({ label: 'my-sig.2' })),
    good('alg-repeated', 'alg may repeat the key\u2019s algorithm.', craft({ alg: 'hmac-sha256' })),
    good(
      'params-in-another-order',
      'The order of the parameters is the signer\u2019s choice.',
      craft({
        params: `;tag="ai-agent";keyid="key_vectors";nonce="abcdefghijklmnop";expires=${NOW + 60};created=${NOW}`,
      }),
    ),
    good('nonce-shortest', 'Sixteen characters.', craft({ nonce: '0123456789abcdef' })),
    good('nonce-longest', 'A hundred and twenty-eight characters.', craft({ nonce: 'n'.repeat(128) })),
  ];
}

function upperCased(request: Case['request']): Case['request'] {
  return { ...request, headers: request.headers.map(([name, value]) => [name.toUpperCase(), value]) };
}

function timeCases(): readonly Case[] {
  return [
    good('created-30-seconds-ahead', 'The signer\u2019s clock may be 30 seconds fast.', craft({ created: NOW + 30 })),
    good(
      'expired-30-seconds-ago',
      'The signer\u2019s clock may be 30 seconds slow.',
      craft({ created: NOW - 330, expires: NOW - 30 }),
    ),
    good('lives-one-second', 'The shortest life.', craft({ created: NOW, expires: NOW + 1 })),
  ];
}

function addressCases(): readonly Case[] {
  const port = 'http://127.0.0.1:8080/v1/tools';
  return [
    good(
      'host-with-default-port',
      'The default port may be written out in Host.',
      craft({ ...GET, host: 'sidecar.example:443' }),
    ),
    good('host-in-capitals', 'Host has no case; @authority is lower case.', craft({ ...GET, host: 'SideCar.Example' })),
    good('host-with-port', 'Another port is part of @authority.', craft({ ...GET, url: port }), {
      publicUrl: 'http://127.0.0.1:8080',
    }),
    good(
      'prefix-kept',
      'A public address with a path, and a proxy that hands the path on.',
      craft({ ...GET, url: 'https://site.example/chaperone/v1/tools' }),
      { publicUrl: 'https://site.example/chaperone' },
    ),
    good(
      'prefix-stripped',
      'A public address with a path, and a proxy that takes it off: @path is what the client asked for.',
      { ...craft({ ...GET, url: 'https://site.example/chaperone/v1/tools' }), url: 'https://site.example/v1/tools' },
      { publicUrl: 'https://site.example/chaperone/' },
    ),
  ];
}
