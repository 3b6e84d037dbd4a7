import { createHash } from 'node:crypto';
import { canonicalJson } from '../kernel/canonical-json.js';
import { ChaperoneError } from '../kernel/errors.js';
import { NO_TERM_LISTS, type TermLists } from '../policy/term-lists.js';
import type { ReadSettings, Settings } from './read-settings.js';
import type { TermListTexts } from './registry/term-lists.js';

/** The same map as long as the lists are the same. */
export type ReadTermLists = () => Promise<TermLists>;

/** Lists that can't be read are as none: a rule that names one then refuses, and rules without lists go on. */
export function makeReadTermLists(readSettings: ReadSettings): ReadTermLists {
  let known: { readonly texts: TermListTexts | undefined; readonly lists: TermLists };
  known = { texts: undefined, lists: NO_TERM_LISTS };
  return async () => {
    const texts = textsIn(await readSettings());
    if (texts !== known.texts) known = { texts, lists: texts === undefined ? NO_TERM_LISTS : listsOf(texts) };
    return known.lists;
  };
}

function textsIn(settings: Settings): TermListTexts | undefined {
  try {
    return settings.of('termLists');
  } catch (error) {
    if (error instanceof ChaperoneError && error.code === 'settings_unreadable') return undefined;
    throw error;
  }
}

function listsOf(texts: TermListTexts): TermLists {
  return new Map(Object.entries(texts).map(([name, terms]) => [name, { terms, digest: digestOf(terms) }]));
}

function digestOf(terms: readonly string[]): string {
  return createHash('sha256')
    .update(canonicalJson([...new Set(terms)].sort()))
    .digest('hex');
}
