import { parseSignatureClaim } from '../../src/identity/signatures/signature-input.js';
import { decodePhpSerialized } from '../../src/identity/php-serialized/index.js';
import { jwtHeader } from '../../src/identity/oauth2/verify-jwt.js';
import { parseTokenHeader } from '../../src/identity/oauth2/token-credential.js';
import { openNote, publicHalf, signNote } from '../../src/audit/signed-note.js';
import { compileScanner } from '../../src/content/index.js';
import { prepare } from '../../src/execution/prepare-call.js';
import { TOOL_NAMES } from '../../src/execution/tools/index.js';
import { ChaperoneError } from '../../src/kernel/errors.js';
import { Secret } from '../../src/kernel/secret.js';
import { isJsonObject } from '../../src/kernel/json.js';
import { parseStrictJsonBytes } from '../../src/kernel/strict-json.js';
import { continueTrace } from '../../src/kernel/trace-context.js';
import { parseAddress, parseNetwork } from '../../src/policy/match/address.js';
import { compilePolicy } from '../../src/policy/compile.js';
import { parsePolicy } from '../../src/policy/parse.js';
import { readWebhookHeaders } from '../../src/webhooks/standard-webhooks.js';
import { broken } from './broken.js';
import { drawsFrom, type Draw } from '../../dev/draws.js';

interface Parser {
  readonly name: string;
  /** Sound inputs that are mutated, and pieces that are put into them. */
  readonly seeds: readonly string[];
  readonly pieces: readonly string[];
  /** Whether it took the input. What it throws is a crash. */
  readonly takes: (input: string, random: Draw) => boolean;
}

const JSON_PIECES = [
  '{',
  '}',
  '[',
  ']',
  ',',
  ':',
  '"',
  '\\',
  '\\u0000',
  '\\ud800',
  '"__proto__":',
  'null',
  '-0',
  '1e999',
  '\ufeff',
];
const FIELD_PIECES = ['"', '\\', ';', '=', '(', ')', ',', ':', '?1', 'sig1=', '1e9', '\u0000', 'é', '  ', '-'];

const scanner = compileScanner({
  terms: [
    { id: 'a', text: 'buy cheap' },
    { id: 'b', text: 'scam' },
  ],
  patterns: [{ id: 'c', source: '\\bwin\\s+\\d+' }],
});
const SEED = new Uint8Array(32).fill(7);
const KEY = { name: 'log', publicKey: publicHalf(SEED) };
const NOTE = signNote(`chaperone/log\n7\n${'A'.repeat(43)}=\n`, [{ ...KEY, seed: new Secret(SEED) }]);
const COMPONENTS = '("@method" "@authority" "@path" "@query" "content-digest")';

const PARSERS: readonly Parser[] = [
  {
    name: 'strict JSON',
    seeds: [
      '{"tool":"posts.create","args":{"title":"A","n":[1,2.5e3,null,true]}}',
      '[]',
      '"\\u00e9"',
      '{"a":{"b":{"c":[]}}}',
    ],
    pieces: JSON_PIECES,
    takes: (input, random) => {
      const bytes = Buffer.from(input);
      // Bytes that are no UTF-8 in every fourth.
      if (bytes.length > 0 && random(4) === 0) bytes[random(bytes.length)] = 128 + random(128);
      return parseStrictJsonBytes(bytes).ok;
    },
  },
  {
    name: 'Signature-Input',
    seeds: [
      `sig1=${COMPONENTS};created=1764000000;expires=1764000300;nonce="abcdefghijklmnop";keyid="key_x";tag="ai-agent"`,
      'sig1=("@method");created=1',
    ],
    pieces: FIELD_PIECES,
    takes: (input) =>
      parseSignatureClaim(input, `sig1=:${'A'.repeat(43)}=:`).ok || parseSignatureClaim(`sig1=();a`, input).ok,
  },
  {
    name: 'PHP serialization',
    seeds: [
      'a:2:{s:10:"editor_can";b:1;i:0;d:1.5;}',
      'O:8:"stdClass":1:{s:1:"a";N;}',
      's:3:"abc";',
      'a:1:{i:0;a:1:{i:0;R:1;}}',
    ],
    pieces: ['a:', 's:', 'i:', 'O:', 'R:', ';', '{', '}', '"', '99999999999', '-1', ':', 'N;', '\u0000'],
    takes: (input) => decodePhpSerialized(Buffer.from(input, 'latin1')).ok,
  },
  {
    name: 'policy document',
    seeds: [
      '{"formatVersion":1,"timezone":"+05:30",/* z */"tools":[{"id":"a","match":{"tools":["posts.*"],"ips":["10.0.0.0/8"]},"effect":"allow"}],}',
      '{"formatVersion":1,"name":"x","timezone":"site","mode":"review","time":[{"id":"t","allow":[{"days":["mon"],"from":"22:00","to":"06:00"}]}]}',
      '{"formatVersion":1,"timezone":"UTC","content":[{"id":"c","terms":["a b"],"patterns":["^(a|b)+c{2,9}"],"severity":"high"}]}',
    ],
    pieces: [...JSON_PIECES, '/*', '*/', '//', '\n', '"id":"a"', '"tools":[', '(((('],
    takes: (input) => {
      const outcome = parsePolicy(input);
      if (outcome.ok) compilePolicy(outcome, 1);
      return outcome.ok;
    },
  },
  {
    name: 'token and JWT header',
    seeds: [
      `Bearer ${Buffer.from('{"alg":"ES256","typ":"at+jwt","kid":"1"}').toString('base64url')}.e30.AAAA`,
      'DPoP abc',
    ],
    pieces: ['.', ' ', '=', 'Bearer ', 'DPoP ', 'e30', '\t', 'ey', '\u0000', 'é'],
    takes: (input) => {
      const read = parseTokenHeader(input);
      return read !== undefined && jwtHeader(read.token) !== undefined;
    },
  },
  {
    name: 'signed note',
    seeds: [NOTE, `${NOTE}\u2014 other ${Buffer.alloc(68, 1).toString('base64')}\n`],
    pieces: ['\n', '\n\n', '\u2014 ', 'log', '=', 'AAAA', '\u0000', ' '],
    takes: (input) => openNote(input, [KEY]).ok,
  },
  {
    name: 'content',
    seeds: [
      '<p>Buy&nbsp;ch\u0435ap</p>',
      'W1N 5 &#x77;in 77 <b>s</b>c\u200bam',
      '%3Cscript%3E \u202ebuy\u202c',
      'c2NhbQ==',
    ],
    pieces: ['<', '>', '&', '&#x', ';', '\u200d', '\u0301', '\ud83d', '\udd11', '%', '=', '<!--', ']]>', '\u202e'],
    takes: (input) => scanner.ok && scanner.scanner.scan(input).ok,
  },
  {
    name: 'arguments of tools',
    seeds: [
      '{"id":7,"title":"A","status":"draft","meta":{"a":1},"categories":[1,2],"date":"2026-01-01T00:00:00"}',
      '{"id":1}',
      '{"taxonomy":"category","name":"x","slug":"y"}',
    ],
    pieces: [...JSON_PIECES, '"id":', '"status":"publish"', '-1', '9007199254740993'],
    takes: (input, random) => {
      const parsed = parseStrictJsonBytes(Buffer.from(input));
      if (!parsed.ok || !isJsonObject(parsed.value)) return false;
      const tool = TOOL_NAMES[random(TOOL_NAMES.length)] ?? '';
      try {
        prepare({ tool, args: parsed.value, dryRun: false });
        return true;
      } catch (error) {
        if (error instanceof ChaperoneError && error.code === 'args_invalid') return false;
        throw error;
      }
    },
  },
  {
    name: 'addresses and networks',
    seeds: ['10.0.0.0/8', '2001:db8::1/64', '::ffff:1.2.3.4', '127.0.0.1'],
    pieces: ['.', ':', '/', '::', '0', '255', '256', 'ffff', '%eth0', '-', ' '],
    takes: (input) => parseAddress(input) !== undefined || parseNetwork(input) !== undefined,
  },
  {
    name: 'webhook headers',
    seeds: ['msg_1\n1764000000\nv1,AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA='],
    pieces: ['\n', 'v1,', ' ', 'v1a,', '=', '-', '1e9', '.', '\u0000', 'A'.repeat(44)],
    takes: (input) => {
      const [id = '', timestamp = '', signature = ''] = input.split('\n');
      const lines = [
        ['webhook-id', id],
        ['webhook-timestamp', timestamp],
        ['webhook-signature', signature],
      ] as const;
      return readWebhookHeaders(lines).ok;
    },
  },
  {
    name: 'trace context',
    seeds: ['00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\na=1,b=2'],
    pieces: ['-', '00', 'ff', ',', '=', '\n', 'g', '0'.repeat(16), '@'],
    takes: (input) => {
      const [traceparent, tracestate] = input.split('\n');
      return (
        continueTrace({ traceparent, tracestate }, (size) => new Uint8Array(size).fill(1)).traceId !== '01'.repeat(16)
      );
    },
  },
];

const LONGEST = 2_000;

/** One to four changes: pieces put in, parts doubled, taken out, or put elsewhere. */
function mutated({ seeds, pieces }: Parser, random: Draw): string {
  let text = seeds[random(seeds.length)] ?? '';
  for (let round = random(4); round >= 0; round -= 1) {
    const at = random(text.length + 1);
    const from = random(text.length + 1);
    const piece = random(2) === 0 ? (pieces[random(pieces.length)] ?? '') : text.slice(from, from + random(40));
    text = (text.slice(0, at) + piece.repeat(1 + random(3)) + text.slice(at + random(12))).slice(0, LONGEST);
  }
  return text;
}

/** A mutated input of 2,000 characters at most takes microseconds; this is a machine that does other things, or a parser that hangs. */
const SLOW_MS = 1_000;

/** One that took long is tried again: a machine that was busy isn't a parser that hangs. */
function leastOf(milliseconds: number, again: () => unknown): number {
  let least = milliseconds;
  for (let round = 0; round < 3 && least > SLOW_MS; round += 1) {
    const at = performance.now();
    again();
    least = Math.min(least, performance.now() - at);
  }
  return least;
}

/** So many hostile inputs to each parser: none may crash, or take longer than an input of that size can. */
export function feedParsers(inputs: number): void {
  for (const parser of PARSERS) {
    let [taken, crashes, slowest] = [0, 0, 0];
    const began = performance.now();
    for (let number = 0; number < inputs; number += 1) {
      const random = drawsFrom(number);
      const input = mutated(parser, random);
      const at = performance.now();
      try {
        if (parser.takes(input, random)) taken += 1;
      } catch (error) {
        crashes += 1;
        if (crashes === 1) console.log(`  CRASH of ${parser.name} at input ${number}: ${String(error)}`);
      }
      slowest = Math.max(
        slowest,
        leastOf(performance.now() - at, () => parser.takes(input, random)),
      );
    }
    const each = ((performance.now() - began) * 1_000) / inputs;
    console.log(
      `  ${parser.name.padEnd(24)}${inputs.toLocaleString('en')} inputs, ${taken.toLocaleString('en')} taken, ${crashes} crashes; ${each.toFixed(1)} µs each, slowest ${slowest.toFixed(1)} ms`,
    );
    if (crashes > 0 || slowest > SLOW_MS) broken(`no input crashes ${parser.name} or keeps it for ${SLOW_MS} ms`);
    if (taken === 0) broken(`${parser.name} took nothing, so it was never asked beyond its first check`);
  }
}
