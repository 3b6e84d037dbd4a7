import { isSign } from './layout.js';
import { BREAKS } from './letter-stream.js';
import type { LetterStream } from './letter-stream.js';
import { sliceText } from './mapped-text.js';
import type { MappedText } from './mapped-text.js';
import { isHangul, isUnspaced, scriptOf } from './script.js';

/** How far around a place the text is segmented, in code points. */
const AROUND = 24;

/**
 * Answers whether a word ends between two letters of a stream. Where words stand side by side without spaces (Chinese,
 * Japanese, Thai and others) that is asked of Unicode segmentation (UAX #29 with ICU's dictionaries), which is slow: after
 * `questions` of them every place counts as the end of a word, so that a text can't buy time with candidates.
 */
export interface WordEdges {
  /** Before the letter at `place`; `after` says that the term ends there rather than begins. */
  breaks(stream: LetterStream, place: number, side: 'start' | 'end'): boolean;
}

const segmenter = new Intl.Segmenter('und', { granularity: 'word' });

export function wordEdges(text: MappedText, questions: { left: number }): WordEdges {
  const segmented = (stream: LetterStream, place: number): boolean => {
    if (questions.left <= 0) return true;
    questions.left -= 1;
    const middle = stream.from[place] ?? 0;
    const before = sliceText(text, middle - AROUND, middle);
    const after = sliceText(text, middle, middle + AROUND);
    return segmenter.segment(before + after).containing(before.length)?.index === before.length;
  };
  return {
    breaks: (stream, place, side) => {
      if (((stream.gaps[place] ?? BREAKS) & BREAKS) !== 0) return true;
      if (isSign(stream, place - 1) || isSign(stream, place)) return true;
      const left = stream.letters[place - 1] ?? 0;
      const right = stream.letters[place] ?? 0;
      if (side === 'end' && isHangul(left) && isHangul(right)) return particleFollows(stream, place);
      if (!isUnspaced(left) && !isUnspaced(right)) return eastAsianKindsDiffer(left, right);
      return segmented(stream, place);
    },
  };
}

/** Katakana beside anything but itself: words of that script end there. */
function eastAsianKindsDiffer(left: number, right: number): boolean {
  if (left < 0x3000 && right < 0x3000) return false;
  const one = scriptOf(left);
  const other = scriptOf(right);
  return one !== other && (one === 'Katakana' || other === 'Katakana' || one === 'Hangul' || other === 'Hangul');
}

/** Korean writes particles together with the noun before them. */
const PARTICLES =
  /^(?:은|는|이|가|을|를|에|의|로|과|와|도|만|에서|으로|까지|부터|에게|한테|께서|이나|나|라도|처럼|보다|마다|들|들은|들이|들을|이다|입니다|이에요|예요|임)$/u;
const LONGEST_PARTICLE = 9;

function particleFollows(stream: LetterStream, place: number): boolean {
  let rest = '';
  for (let at = place; at < stream.length; at += 1) {
    if (at > place && ((stream.gaps[at] ?? BREAKS) & BREAKS) !== 0) break;
    if (at - place > LONGEST_PARTICLE) return false;
    rest += String.fromCodePoint(Math.max(0, stream.letters[at] ?? 0));
  }
  return PARTICLES.test(rest.normalize('NFC'));
}
