import { ChaperoneError } from '../kernel/errors.js';
import type { PolicyVersion } from '../kernel/ids.js';
import type { Activation, PolicyStore, PolicySummary, StoredPolicy } from './policy-store.js';

/** How many versions or activations one page may hold. */
const LONGEST_PAGE = 100;

export interface PolicyPage {
  readonly policies: readonly PolicySummary[];
  readonly activeVersion: PolicyVersion | null;
  /** What to pass as `before` for the next page; null at the end. */
  readonly next: PolicyVersion | null;
}

export interface ReadPolicies {
  /** @throws not_found */
  get(version: PolicyVersion): Promise<StoredPolicy>;
  /** The active version. @throws policy_missing */
  active(): Promise<StoredPolicy>;
  /** Newest first. */
  list(page: { readonly before?: PolicyVersion; readonly limit: number }): Promise<PolicyPage>;
  /** Newest first. */
  activations(limit: number): Promise<readonly Activation[]>;
}

export function makeReadPolicies({ policies }: { readonly policies: PolicyStore }): ReadPolicies {
  const get = async (version: PolicyVersion): Promise<StoredPolicy> => {
    const stored = await policies.get(version);
    if (stored === undefined)
      throw new ChaperoneError('not_found', { detail: `There is no policy version ${version}.` });
    return stored;
  };
  return {
    get,
    async active() {
      const version = await policies.active();
      if (version === undefined) throw new ChaperoneError('policy_missing');
      return get(version);
    },
    async list({ before, limit }) {
      const most = pageOf(limit);
      const found = await policies.list({ limit: most + 1, ...(before === undefined ? {} : { before }) });
      const page = found.slice(0, most);
      const next = found.length > most ? (page.at(-1)?.version ?? null) : null;
      return { policies: page, activeVersion: (await policies.active()) ?? null, next };
    },
    activations: (limit) => policies.activations(pageOf(limit)),
  };
}

function pageOf(limit: number): number {
  return Math.min(Math.max(1, Math.trunc(limit)), LONGEST_PAGE);
}
