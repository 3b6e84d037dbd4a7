import type { Node } from 'jsonc-parser';
import type { Json } from '../kernel/json.js';
import { patchBetween, type PatchOperation } from './diff-patch.js';
import { sentencesBetween } from './diff-sentences.js';
import type { ParsedPolicy } from './parse.js';
import { readJsonc } from './source/read-jsonc.js';

export interface PolicyDiff {
  /** RFC 6902: turns the older document, as JSON without its comments, into the newer one. */
  readonly patch: readonly PatchOperation[];
  /** At least one. */
  readonly sentences: readonly string[];
}

/** What lies between two sound documents, for programs and for people. */
export function diffPolicies(from: ParsedPolicy, to: ParsedPolicy): PolicyDiff {
  const patch = patchBetween(documentValue(from), documentValue(to));
  const sentences = sentencesBetween(from.policy, to.policy);
  if (sentences.length > 0) return { patch, sentences };
  if (from.text === to.text) return { patch, sentences: ['Nothing changed: the texts are the same.'] };
  const what = patch.length === 0 ? 'Only comments and spacing' : 'Only the order or the spelling';
  return { patch, sentences: [`${what} changed; every call is decided as before.`] };
}

/** A document as the JSON that it stands for. A text that parsed once has a value everywhere. */
export function documentValue({ text }: Pick<ParsedPolicy, 'text'>): Json {
  const { root } = readJsonc(text.replace(/^\u{feff}/u, ''));
  return root === undefined ? null : valueOf(root);
}

function valueOf({ type, children = [], value }: Node): Json {
  if (type === 'array') return children.map(valueOf);
  if (type !== 'object') return value as Json;
  const members = children.map(({ children: [key, member] = [] }): [string, Json] => [
    String(key?.value),
    member === undefined ? null : valueOf(member),
  ]);
  // fromEntries defines members, so a key such as __proto__ stays an ordinary one.
  return Object.fromEntries(members);
}
