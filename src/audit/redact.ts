import { createHash } from 'node:crypto';
import type { Json } from '../kernel/json.js';

const SECRET_NAME =
  /pass(word|wd|phrase)?s?$|^pwd$|secret|token|api[_-]?key|authorization|cookie|credential|private[_-]?key|salt$/i;
const SECRET_VALUE =
  /\bwhsec_[A-Za-z0-9+/=]{16,}|-----BEGIN [A-Z ]*PRIVATE KEY-----|\bBearer\s+[A-Za-z0-9._~+/-]{16,}=*/;
const LONGEST_TEXT = 2_000;
const DEEPEST = 32;

/** Never half of a surrogate pair: it couldn't be hashed, and the call would be refused for it. */
function beginning(text: string): string {
  const cutsPair = (text.codePointAt(LONGEST_TEXT - 1) ?? 0) > 0xffff;
  return text.slice(0, cutsPair ? LONGEST_TEXT - 1 : LONGEST_TEXT);
}

function redactText(text: string): string {
  if (SECRET_VALUE.test(text)) return '[redacted]';
  if (text.length <= LONGEST_TEXT) return text;
  const digest = createHash('sha256').update(text, 'utf8').digest('hex');
  return `${beginning(text)}… [${text.length} characters, sha256 ${digest}]`;
}

/**
 * Arguments as they may be written down: whatever is named or looks like a secret is left out at any depth, and long
 * texts keep their beginning, their length and their digest, so that an entry stays small and still proves what was sent.
 */
export function redact(value: Json, depth = 0): Json {
  if (typeof value === 'string') return redactText(value);
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= DEEPEST) return '[too deep]';
  if (Array.isArray(value)) return (value as readonly Json[]).map((each) => redact(each, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => [
      name,
      SECRET_NAME.test(name) ? '[redacted]' : redact(each, depth + 1),
    ]),
  );
}
