import { characterOf } from './character.js';
import type { MappedText } from './mapped-text.js';
import { isUnspaced } from './script.js';
import type { View } from './views.js';

/**
 * Whether a word that seems to end at markup goes on for a reader: `scam` in `<i>scam</i>pi` and in `scam&shy;pi`. The last
 * view is the one shown; a word that isn't in it at all (in an attribute, in a comment) stays a word.
 */
export function joinedInView(
  views: readonly View[],
  view: View,
  place: { readonly start: number; readonly end: number },
): boolean {
  const shown = views.at(-1);
  if (shown === undefined || shown === view) return false;
  const first = placeOfStart(shown.text, place.start);
  if (first < 0) return false;
  let last = first;
  while (last + 1 < shown.text.length && (shown.text.starts[last + 1] ?? 0) < place.end) last += 1;
  if ((shown.text.ends[last] ?? 0) !== place.end) return false;
  return letterBeside(shown.text, first, -1) || letterBeside(shown.text, last, 1);
}

/** The first code point that comes from `start`, or -1; views keep the order of the text, except under an override. */
function placeOfStart({ starts, length }: MappedText, start: number): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((starts[middle] ?? 0) < start) low = middle + 1;
    else high = middle;
  }
  return low < length && starts[low] === start ? low : -1;
}

/** Whether the next thing a reader sees beside a place is a letter that isn't parted from it. */
function letterBeside(text: MappedText, place: number, step: 1 | -1): boolean {
  for (let at = place + step; at >= 0 && at < text.length; at += step) {
    const codePoint = text.codePoints[at] ?? 0;
    if (codePoint < 0) return false;
    const { kind } = characterOf(codePoint);
    if (kind === 'dropped' || kind === 'overlay' || kind === 'mark') continue;
    return kind === 'letter' && !isUnspacedPair(text, place, at);
  }
  return false;
}

function isUnspacedPair(text: MappedText, one: number, other: number): boolean {
  return isUnspaced(text.codePoints[one] ?? 0) || isUnspaced(text.codePoints[other] ?? 0);
}
