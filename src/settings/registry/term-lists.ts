import { z } from 'zod';
import { termFault } from '../../content/index.js';
import type { JsonObject } from '../../kernel/json.js';
import { LIST_NAME } from '../../policy/term-lists.js';
import type { Setting } from './setting.js';

/** Terms by the name under which rules of `content` use them. */
export type TermListTexts = Readonly<Record<string, readonly string[]>>;

/** As a rule of a policy may hold (src/policy/limits.ts). */
const TERM_CHARACTERS = 500;
const LIST_TERMS = 10_000;
const LISTS = 100;
const LOGGED_TERMS = 50;

const name = z.string().regex(LIST_NAME, 'The name of a list is 1 to 64 small letters, digits, - and _.');

const term = z
  .string()
  .max(TERM_CHARACTERS, `A term has at most ${TERM_CHARACTERS} characters.`)
  .refine((text) => !/\p{Surrogate}/u.test(text), 'This is half a character (a lone surrogate); take it out.')
  .superRefine((text, context) => {
    const message = text.trim() === '' ? 'A term must not be empty.' : termFault(text);
    if (message !== undefined) context.addIssue({ code: 'custom', message });
  });

const schema: z.ZodType<TermListTexts> = z
  .record(name, z.array(term).max(LIST_TERMS, `A list has at most ${LIST_TERMS} terms.`))
  .refine((lists) => Object.keys(lists).length <= LISTS, `There are at most ${LISTS} lists.`);

/** Lists that changed, each with how many terms came and went, and the first of them. */
function logged(from: TermListTexts, to: TermListTexts): JsonObject {
  const names = [...new Set([...Object.keys(from), ...Object.keys(to)])].sort();
  return Object.fromEntries(
    names.flatMap((list) => {
      const [before, after] = [termsOf(from, list), termsOf(to, list)];
      const added = [...after].filter((each) => !before.has(each));
      const removed = [...before].filter((each) => !after.has(each));
      const existence = listChange(Object.hasOwn(from, list), Object.hasOwn(to, list));
      if (added.length + removed.length === 0 && existence === 'changed') return [];
      const counts = { terms: after.size, added: added.length, removed: removed.length };
      const shown = { firstAdded: added.slice(0, LOGGED_TERMS), firstRemoved: removed.slice(0, LOGGED_TERMS) };
      return [[list, { list: existence, ...counts, ...shown }]];
    }),
  );
}

const termsOf = (lists: TermListTexts, list: string): ReadonlySet<string> =>
  new Set(Object.hasOwn(lists, list) ? lists[list] : []);

function listChange(before: boolean, after: boolean): 'created' | 'deleted' | 'changed' {
  if (before === after) return 'changed';
  return after ? 'created' : 'deleted';
}

export const termLists: Setting<TermListTexts> = {
  description:
    'Lists of terms that rules of content share by name ("termLists"). A change holds from the next decision on.',
  schema,
  default: {},
  logged,
};
