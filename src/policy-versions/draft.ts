import { ChaperoneError } from '../kernel/errors.js';
import type { PolicyVersion } from '../kernel/ids.js';
import { compilePolicy, type CompiledPolicy } from '../policy/compile.js';
import { parsePolicy, parsePolicyValue, type ParsedPolicy, type ParseOutcome } from '../policy/parse.js';
import type { TermLists } from '../policy/term-lists.js';
import type { PolicyStore } from './policy-store.js';

/** A stored version, or a document that isn't stored: exactly one of them. */
export interface DraftInput {
  readonly document?: unknown;
  readonly version?: PolicyVersion | undefined;
}

export interface Draft {
  readonly parsed: ParsedPolicy;
  readonly compiled: CompiledPolicy;
}

export interface DraftDeps {
  readonly policies: Pick<PolicyStore, 'get'>;
  readonly knownTools: readonly string[];
  readonly termLists: () => Promise<TermLists>;
}

/**
 * The policy that a test, a replay or a shadow is about, read and compiled.
 * @throws request_malformed when none or both are given, not_found, policy_invalid with `problems`
 */
export async function loadDraft(
  { policies, knownTools, termLists }: DraftDeps,
  { document, version }: DraftInput,
): Promise<Draft> {
  if ((document === undefined) === (version === undefined))
    throw new ChaperoneError('request_malformed', { detail: 'Name either a document or a version.' });
  const lists = await termLists();
  const known = { knownTools, knownTermLists: [...lists.keys()] };
  const parsed =
    version === undefined ? soundOrRefused(parsePolicyValue(document, known)) : await loadVersion(policies, version);
  return { parsed, compiled: compilePolicy(parsed, version ?? null, lists) };
}

/** A stored version, read again. @throws not_found, policy_invalid with `problems` */
export async function loadVersion(policies: Pick<PolicyStore, 'get'>, version: PolicyVersion): Promise<ParsedPolicy> {
  const stored = await policies.get(version);
  if (stored === undefined) throw new ChaperoneError('not_found', { detail: `There is no policy version ${version}.` });
  return soundOrRefused(parsePolicy(stored.document));
}

function soundOrRefused(outcome: ParseOutcome): ParsedPolicy {
  if (outcome.ok) return outcome;
  throw new ChaperoneError('policy_invalid', { members: { problems: outcome.problems } });
}
