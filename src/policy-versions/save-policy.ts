import { createHash } from 'node:crypto';
import type { Actor } from '../audit/audit-entry.js';
import { ChaperoneError } from '../kernel/errors.js';
import type { PolicyVersion } from '../kernel/ids.js';
import { parsePolicyValue, type ParsedPolicy, type ParseOptions } from '../policy/parse.js';
import type { TermLists } from '../policy/term-lists.js';
import { activateIn } from './activate-policy.js';
import { checkedNote } from './note.js';
import type { PolicySummary } from './policy-store.js';
import type { ChangeDeps } from './stores.js';

export interface SavePolicyInput {
  /** The document as text (jsonc, kept as written) or as an object (kept as JSON indented by two spaces). */
  readonly document: unknown;
  readonly note: string;
  /** The version that the author started from: the newest one. 0, null or absent: there is none yet. */
  readonly baseVersion?: number | null | undefined;
  /** Make it active in the same transaction. */
  readonly activate?: boolean | undefined;
  readonly actor: Actor;
}

export type SavePolicy = (input: SavePolicyInput) => Promise<PolicySummary>;

/**
 * Stores a version: the number after the newest. Of two authors who started from the same version the second is
 * refused, whichever way their transactions run, since a version's number is unique.
 * @throws policy_invalid with `problems`, policy_base_stale with `newestVersion`, request_malformed for the note
 */
export function makeSavePolicy(
  deps: ChangeDeps & { readonly knownTools: readonly string[]; readonly termLists: () => Promise<TermLists> },
): SavePolicy {
  return async ({ document, note, baseVersion, activate = false, actor }) => {
    const { text } = parsedOrRefused(document, {
      knownTools: deps.knownTools,
      knownTermLists: [...(await deps.termLists()).keys()],
    });
    const checked = checkedNote(note);
    return deps.inTransaction(async (stores) => {
      const newest = (await stores.policies.newest())?.version ?? 0;
      if ((baseVersion ?? 0) !== newest) throw baseStale(newest);
      const summary: PolicySummary = {
        version: (newest + 1) as PolicyVersion,
        at: deps.clock.now(),
        author: actor.userId ?? 0,
        note: checked,
        sha256: sha256Of(text),
      };
      if (!(await stores.policies.insert({ ...summary, document: text }))) throw baseStale(summary.version);
      const { version, at, sha256 } = summary;
      await stores.audit.append([
        { kind: 'policy.saved', at, actor, policyVersion: version, detail: { note: checked, sha256 } },
      ]);
      if (activate) await activateIn(stores, { version, note: checked, actor, at });
      return summary;
    });
  };
}

function parsedOrRefused(document: unknown, known: ParseOptions): ParsedPolicy {
  const outcome = parsePolicyValue(document, known);
  if (outcome.ok) return outcome;
  throw new ChaperoneError('policy_invalid', { members: { problems: outcome.problems } });
}

function baseStale(newestVersion: number): ChaperoneError {
  const detail =
    newestVersion === 0
      ? 'No version is stored yet; save with baseVersion 0.'
      : `The newest version is ${newestVersion}.`;
  return new ChaperoneError('policy_base_stale', { detail, members: { newestVersion } });
}

/** The fingerprint of a text: SHA-256 of its UTF-8 bytes, in hexadecimal. */
export function sha256Of(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}
