import type { HeaderLine, ReceivedRequest } from '../../../../src/identity/signatures/index.js';

/** A number in [0, below), always the same sequence for a seed (xorshift32). */
export type Dice = (below: number) => number;

export function seededDice(seed: number): Dice {
  let state = seed | 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return Math.floor(((state >>> 0) / 2 ** 32) * below);
  };
}

type TextMutation = (text: string, dice: Dice) => string;

const ALPHABET = 'aZ09/?&=%.:;,"\\()@ +-_*\t\n\u0000\u00e9';

/** Small bends of a text; each may also leave it as it is, which the caller finds out by comparing. */
const TEXT_MUTATIONS: readonly TextMutation[] = [
  (text, dice) => replaceAt(text, dice(text.length), (code) => String.fromCharCode(code ^ (1 << dice(7)))),
  (text, dice) => text.slice(0, dice(text.length + 1)),
  (text, dice) => text.slice(dice(text.length + 1)),
  (text, dice) => insertAt(text, dice(text.length + 1), ALPHABET.charAt(dice(ALPHABET.length))),
  (text, dice) => removeAt(text, dice(text.length)),
  (text, dice) => swapAt(text, dice(text.length), dice(text.length)),
  (text) => text + text,
  (text) => text.toUpperCase(),
  (text) => text.toLowerCase(),
  (text, dice) => replaceAt(text, dice(text.length), (code) => `%${code.toString(16)}`),
  (text, dice) => text.replace(/\d+/, (digits) => String(Number(digits) + dice(5) - 2)),
  (text) => ` ${text}\t`,
  (text) => text.replace(/;[a-z]+=[^;]*/, ''),
  (text) => text.replace(/"[a-z-]+" ?/, ''),
  (text, dice) => text.replace(/"(@?[a-z-]+)"/, `"$1";${['req', 'sf', 'bs', 'tr', 'key="a"'][dice(5)] ?? 'req'}`),
  (text) => `${text}, ${text.replace('sig1', 'sig2')}`,
  (text) => `${text}, ${text}`,
];

const pick = <T>(list: readonly [T, ...T[]] | readonly T[], dice: Dice): T => {
  const item = list[dice(list.length)];
  if (item === undefined) throw new RangeError('nothing to pick from');
  return item;
};

const removeAt = (text: string, at: number): string => text.slice(0, at) + text.slice(at + 1);
const insertAt = (text: string, at: number, more: string): string => text.slice(0, at) + more + text.slice(at);
const replaceAt = (text: string, at: number, change: (code: number) => string): string =>
  at < text.length ? text.slice(0, at) + change(text.charCodeAt(at)) + text.slice(at + 1) : text;
function swapAt(text: string, left: number, right: number): string {
  const [a, b] = [text.charCodeAt(left), text.charCodeAt(right)];
  return text === ''
    ? text
    : replaceAt(
        replaceAt(text, left, () => String.fromCharCode(b)),
        right,
        () => String.fromCharCode(a),
      );
}

function mutateBody(body: Uint8Array, dice: Dice): Uint8Array {
  const bytes = Buffer.from(body);
  switch (dice(5)) {
    case 0:
      if (bytes.byteLength > 0)
        bytes.writeUInt8(bytes.readUInt8(dice(bytes.byteLength)) ^ (1 << dice(8)), dice(bytes.byteLength));
      return bytes;
    case 1:
      return bytes.subarray(0, dice(bytes.byteLength + 1));
    case 2:
      return Buffer.concat([bytes, Buffer.from([dice(256)])]);
    case 3:
      return Buffer.concat([bytes, bytes]);
    default:
      return Buffer.alloc(0);
  }
}

/** Lines that an attacker would add, some of them harmless. */
const EXTRA_LINES: readonly HeaderLine[] = [
  ['Host', 'sidecar.example'],
  ['host', 'evil.example'],
  ['X-Forwarded-Host', 'evil.example'],
  ['Content-Type', 'text/html'],
  ['Authorization', 'Basic ZXZpbDpldmls'],
  ['Idempotency-Key', 'another'],
  ['AI-Agent-Acting-User', '1'],
  ['Signature', 'sig1=:AAAA:'],
  ['Signature-Input', 'sig1=()'],
  ['Content-Digest', 'sha-512=:AAAA:'],
  ['X-HTTP-Method-Override', 'DELETE'],
];

function mutateHeaders(lines: readonly HeaderLine[], other: readonly HeaderLine[], dice: Dice): readonly HeaderLine[] {
  const at = dice(lines.length);
  const [name, value] = pick(lines, dice);
  const others = lines.filter((_line, index) => index !== at);
  switch (dice(8)) {
    case 0:
      return others;
    case 1:
      return [...lines, [name, value]];
    case 2:
      return [...lines, pick(EXTRA_LINES, dice)];
    case 3:
      return [pick(EXTRA_LINES, dice), ...lines];
    case 4: // a line of another valid request in place of ours: splicing
      return lines.map((line) => (line[0] === name ? (other.find(([one]) => one === name) ?? line) : line));
    case 5:
      return lines.map((line): HeaderLine =>
        line[0] === name ? [pick(TEXT_MUTATIONS, dice)(name, dice), value] : line,
      );
    default:
      return lines.map((line): HeaderLine =>
        line[0] === name ? [name, pick(TEXT_MUTATIONS, dice)(value, dice)] : line,
      );
  }
}

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS', 'get', 'PSOT'] as const;

/** Bends one thing about a request; `other` is another validly signed request to take parts from. */
export function mutate(request: ReceivedRequest, other: ReceivedRequest, dice: Dice): ReceivedRequest {
  const { method, rawTarget, rawHeaders, body } = request;
  switch (dice(8)) {
    case 0:
      return { ...request, method: pick([...METHODS, pick(TEXT_MUTATIONS, dice)(method, dice)], dice) };
    case 1:
    case 2:
      return { ...request, rawTarget: pick([other.rawTarget, pick(TEXT_MUTATIONS, dice)(rawTarget, dice)], dice) };
    case 3:
      return { ...request, body: pick([other.body, mutateBody(body, dice), mutateBody(body, dice)], dice) };
    default:
      return { ...request, rawHeaders: mutateHeaders(rawHeaders, other.rawHeaders, dice) };
  }
}
