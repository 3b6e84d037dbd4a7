import type { AuditEntry } from '../audit/audit-entry.js';
import type { AuditReader } from '../audit/audit-log.js';
import { isJsonObject } from '../kernel/json.js';
import { MOST_DECISIONS, pastDecisions } from './past-decisions.js';
import { readShadow, type Shadow, type ShadowOptions } from './shadow-policy.js';

/** A call that the shadow would have ended otherwise. */
export interface ShadowDifference {
  readonly entry: AuditEntry;
  readonly effect: string;
  readonly rules: readonly string[];
}

export interface ShadowReport {
  readonly shadow: Shadow;
  /** Decisions since it was set; `truncated` when there are more than one report looks at. */
  readonly considered: number;
  readonly truncated: boolean;
  /** How often each differing pair came, such as `allow to deny`. */
  readonly counts: Readonly<Record<string, number>>;
  /** Calls that the shadow couldn't decide. */
  readonly failed: number;
  /** The newest first, at most 100. */
  readonly differing: readonly ShadowDifference[];
}

const LISTED = 100;

/** What a shadow found since it was set, from the log; undefined when none is set. */
export function makeShadowReport(deps: {
  readonly options: Pick<ShadowOptions, 'read'>;
  readonly log: Pick<AuditReader, 'list'>;
}): () => Promise<ShadowReport | undefined> {
  return async () => {
    const shadow = await readShadow(deps.options);
    if (shadow === undefined) return undefined;
    const counts: Record<string, number> = {};
    const differing: ShadowDifference[] = [];
    let [considered, failed] = [0, 0];
    for await (const entry of pastDecisions(deps.log, { from: shadow.since, last: MOST_DECISIONS })) {
      considered += 1;
      const said = isJsonObject(entry.detail) ? entry.detail['shadow'] : undefined;
      if (!isJsonObject(said) || said['version'] !== shadow.version) continue;
      const { effect, rules } = said;
      if (typeof effect !== 'string') {
        failed += 1;
        continue;
      }
      const pair = `${entry.verdict ?? 'nothing'} to ${effect}`;
      counts[pair] = (counts[pair] ?? 0) + 1;
      const named = Array.isArray(rules) ? (rules as readonly unknown[]).map(String) : [];
      if (differing.length < LISTED) differing.push({ entry, effect, rules: named });
    }
    return { shadow, considered, truncated: considered === MOST_DECISIONS, counts, failed, differing };
  };
}
