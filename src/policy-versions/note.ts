import { ChaperoneError } from '../kernel/errors.js';

/** The column's width, in characters. */
const LONGEST = 500;

/** A note as it is stored. @throws request_malformed when it is too long for its column or isn't Unicode. */
export function checkedNote(note: string): string {
  if (Array.from(note).length > LONGEST) {
    throw new ChaperoneError('request_malformed', { detail: `A note has at most ${LONGEST} characters.` });
  }
  if (/\p{Surrogate}/u.test(note)) {
    throw new ChaperoneError('request_malformed', { detail: 'The note holds half a character (a lone surrogate).' });
  }
  return note;
}
