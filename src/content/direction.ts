import { MappedTextBuilder } from './mapped-text.js';
import type { MappedText } from './mapped-text.js';

const RIGHT_TO_LEFT_OVERRIDE = 0x202e;
const POP_DIRECTION = 0x202c;

/**
 * The text with everything under a right-to-left override (UAX #9, U+202E) in the order in which it is shown. An override
 * ends at its U+202C, at the end of the line or of the text; nested directions inside one are ignored.
 */
export function asShown(text: MappedText): MappedText {
  if (!text.codePoints.subarray(0, text.length).includes(RIGHT_TO_LEFT_OVERRIDE)) return text;
  const out = new MappedTextBuilder(text.length);
  const put = (at: number): void => out.put(text.codePoints[at] ?? 0, text.starts[at] ?? 0, text.ends[at] ?? 0);
  for (let at = 0; at < text.length; at += 1) {
    put(at);
    if (text.codePoints[at] !== RIGHT_TO_LEFT_OVERRIDE) continue;
    const end = overrideEnd(text, at + 1);
    for (let back = end - 1; back > at; back -= 1) put(back);
    at = end - 1;
  }
  return out;
}

function overrideEnd(text: MappedText, from: number): number {
  for (let at = from; at < text.length; at += 1) {
    const codePoint = text.codePoints[at] ?? 0;
    if (codePoint === POP_DIRECTION || codePoint === 0x0a || codePoint === 0x2029) return at;
  }
  return text.length;
}
