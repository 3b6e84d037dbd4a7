import type { PolicyVersion } from '../kernel/ids.js';
import { diffPolicies, type PolicyDiff } from '../policy/diff.js';
import { loadVersion } from './draft.js';
import type { PolicyStore } from './policy-store.js';

export interface VersionDiff extends PolicyDiff {
  readonly from: PolicyVersion;
  readonly to: PolicyVersion;
}

export type CompareVersions = (versions: {
  readonly from: PolicyVersion;
  readonly to: PolicyVersion;
}) => Promise<VersionDiff>;

/** What changed from one stored version to another. @throws not_found, policy_invalid */
export function makeCompareVersions({ policies }: { readonly policies: Pick<PolicyStore, 'get'> }): CompareVersions {
  return async ({ from, to }) => {
    const [older, newer] = await Promise.all([loadVersion(policies, from), loadVersion(policies, to)]);
    return { from, to, ...diffPolicies(older, newer) };
  };
}
