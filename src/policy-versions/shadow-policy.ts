import { z } from 'zod';
import type { Actor, Verdict } from '../audit/audit-entry.js';
import type { AuditLog } from '../audit/audit-log.js';
import type { Clock } from '../kernel/clock.js';
import { ChaperoneError } from '../kernel/errors.js';
import type { InTransaction } from '../kernel/in-transaction.js';
import type { JsonObject } from '../kernel/json.js';
import type { PolicyVersion } from '../kernel/ids.js';
import { compilePolicy, type CompiledPolicy } from '../policy/compile.js';
import type { Decision } from '../policy/decision.js';
import { evaluate } from '../policy/evaluate.js';
import type { Facts, PolicyCall } from '../policy/facts.js';
import { parsePolicy } from '../policy/parse.js';
import { NO_TERM_LISTS, type TermLists } from '../policy/term-lists.js';
import { loadDraft, type DraftDeps, type DraftInput } from './draft.js';

/** A draft that decides beside the active version, without effect. */
export interface Shadow {
  /** Null: a document that isn't stored as a version. */
  readonly version: number | null;
  readonly document: string;
  readonly since: Date;
  /** From then on it no longer decides. */
  readonly until: Date;
  /** WordPress user; null for the operator's command line. */
  readonly by: number | null;
}

/** Where the shadow is kept; `null` when there is none. */
export const SHADOW_OPTION = 'ai_agent_policy_shadow';

export interface ShadowOptions {
  read(name: typeof SHADOW_OPTION): Promise<string | undefined>;
  write(name: typeof SHADOW_OPTION, value: string): Promise<void>;
}

const stored = z.strictObject({
  version: z.int().nullable(),
  document: z.string(),
  since: z.iso.datetime(),
  until: z.iso.datetime(),
  by: z.int().nullable(),
});

/** The shadow as it was set, over or not; undefined when none is set or the row can't be read. */
export async function readShadow(options: Pick<ShadowOptions, 'read'>): Promise<Shadow | undefined> {
  const text = await options.read(SHADOW_OPTION);
  if (text === undefined || text === 'null') return undefined;
  try {
    const { since, until, ...rest } = stored.parse(JSON.parse(text));
    return { ...rest, since: new Date(since), until: new Date(until) };
  } catch {
    return undefined;
  }
}

const LONGEST_DAYS = 90;
const DAY = 86_400_000;

export type SetShadow = (input: DraftInput & { readonly until: Date; readonly actor: Actor }) => Promise<Shadow>;

export interface ShadowChangeDeps extends DraftDeps {
  readonly inTransaction: InTransaction<{ readonly options: ShadowOptions; readonly audit: Pick<AuditLog, 'append'> }>;
  readonly clock: Clock;
}

/** Sets the shadow, or another in its place, with its audit entry. @throws what loadDraft throws, request_malformed */
export function makeSetShadow(deps: ShadowChangeDeps): SetShadow {
  return async ({ until, actor, ...draft }) => {
    const since = deps.clock.now();
    if (until <= since || until.getTime() - since.getTime() > LONGEST_DAYS * DAY)
      throw new ChaperoneError('request_malformed', {
        detail: `"until" must lie ahead, by at most ${LONGEST_DAYS} days.`,
      });
    const { parsed, compiled } = await loadDraft(deps, draft);
    const shadow: Shadow = { version: compiled.version, document: parsed.text, since, until, by: actor.userId };
    await deps.inTransaction(async ({ options, audit }) => {
      await options.write(SHADOW_OPTION, JSON.stringify(shadow));
      const detail = { name: 'policy_shadow', version: shadow.version, until: until.toISOString() };
      await audit.append([{ kind: 'settings.changed', at: since, actor, ...versionOf(shadow), detail }]);
    });
    return shadow;
  };
}

const versionOf = ({ version }: Shadow): { readonly policyVersion?: PolicyVersion } =>
  version === null ? {} : { policyVersion: version as PolicyVersion };

/** Ends the shadow, with its audit entry. What it found stays in the log. @throws not_found */
export function makeEndShadow({
  inTransaction,
  clock,
}: Pick<ShadowChangeDeps, 'inTransaction' | 'clock'>): (actor: Actor) => Promise<void> {
  return (actor) =>
    inTransaction(async ({ options, audit }) => {
      const shadow = await readShadow(options);
      if (shadow === undefined) throw new ChaperoneError('not_found', { detail: 'No shadow policy is set.' });
      await options.write(SHADOW_OPTION, 'null');
      const detail = { name: 'policy_shadow', version: null, until: null };
      await audit.append([{ kind: 'settings.changed', at: clock.now(), actor, detail }]);
    });
}

/** What the shadow said of one call, where it wasn't what the active policy said. It goes into `detail.shadow`. */
export type ShadowVerdict =
  | { readonly version: number | null; readonly effect: Verdict; readonly rules: readonly string[] }
  | { readonly version: number | null; readonly failed: true };

export const shadowDetail = (verdict: ShadowVerdict): JsonObject =>
  'failed' in verdict ? { ...verdict } : { ...verdict, rules: [...verdict.rules] };

export type WeighShadow = (call: PolicyCall, facts: Facts, decision: Decision) => Promise<ShadowVerdict | undefined>;

/** How long a replica goes by what it last read, in milliseconds, so that a site without a shadow pays nothing. */
const REMEMBERED = 2_000;
const RULES_NAMED = 10;

/**
 * Decides a call a second time by the shadow. Never throws and never changes the decision that it is given: whatever goes wrong
 * here is counted as a failure of the shadow.
 */
export function makeWeighShadow(deps: {
  readonly options: Pick<ShadowOptions, 'read'>;
  readonly termLists: () => Promise<TermLists>;
  readonly clock: Clock;
}): WeighShadow {
  let known: {
    readonly at: number;
    readonly shadow: Shadow | undefined;
    readonly lists: TermLists;
    readonly policy: CompiledPolicy | undefined;
  };
  known = { at: -Infinity, shadow: undefined, lists: NO_TERM_LISTS, policy: undefined };
  const refresh = async (): Promise<typeof known> => {
    const shadow = await readShadow(deps.options);
    const lists = shadow === undefined ? known.lists : await deps.termLists();
    const same = shadow?.document === known.shadow?.document && lists === known.lists;
    return { at: deps.clock.now().getTime(), shadow, lists, policy: same ? known.policy : compiled(shadow, lists) };
  };
  return async (call, facts, decision) => {
    try {
      const now = deps.clock.now().getTime();
      if (now - known.at >= REMEMBERED || now < known.at) known = await refresh();
      const { shadow, policy } = known;
      if (shadow === undefined || facts.now >= shadow.until) return undefined;
      return policy === undefined
        ? { version: shadow.version, failed: true }
        : differing(policy, call, facts, decision);
    } catch {
      return { version: known.shadow?.version ?? null, failed: true };
    }
  };
}

function compiled(shadow: Shadow | undefined, lists: TermLists): CompiledPolicy | undefined {
  if (shadow === undefined) return undefined;
  const outcome = parsePolicy(shadow.document);
  return outcome.ok ? compilePolicy(outcome, shadow.version, lists) : undefined;
}

function differing(
  policy: CompiledPolicy,
  call: PolicyCall,
  facts: Facts,
  decision: Decision,
): ShadowVerdict | undefined {
  const other = evaluate(policy, call, facts);
  if (other.effect === decision.effect) return undefined;
  const rules = other.findings.filter(({ effect }) => effect === other.effect).map(({ rule }) => rule);
  return { version: policy.version, effect: other.effect, rules: rules.slice(0, RULES_NAMED) };
}
