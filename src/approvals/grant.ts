import { canonicalJson } from '../kernel/canonical-json.js';
import type { AgentId, ApprovalId, GrantId, PolicyVersion } from '../kernel/ids.js';
import type { JsonObject } from '../kernel/json.js';
import type { ApprovalNeed } from '../policy/approval-need.js';
import type { Decision } from '../policy/decision.js';
import { liveVotes, type Approval } from './approval.js';
import { asksOf } from './asks.js';
import { isGenuine, needJson, type Seal } from './binding.js';
import type { Person } from './delegation.js';

/** A remembered approval: this agent may do exactly this on this target without asking, until then. */
export interface Grant {
  readonly id: GrantId;
  readonly approvalId: ApprovalId;
  readonly agentId: AgentId;
  readonly tool: string;
  /** In words, as approvals name it: `post 12`. */
  readonly target: string;
  /** The texts that were approved and may be others the next time: rules of content read them again. */
  readonly texts: readonly string[];
  /** Every other argument, which must be what it was. */
  readonly fixed: JsonObject;
  /** The target's status, as it was or as the call makes it: what was a draft then may be in front of readers now. Null: it has none. */
  readonly targetStatus: string | null;
  /** Under another version of the policy, people are asked again. */
  readonly policyVersion: PolicyVersion;
  /** The findings that asked. One more, and people are asked again. */
  readonly asks: readonly string[];
  readonly need: JsonObject;
  /** Everybody by whose votes it was given. */
  readonly by: readonly Person[];
  readonly createdAt: Date;
  readonly expiresAt: Date;
  /** Over all of the above. */
  readonly seal: string;
  readonly revoked: { readonly at: Date; readonly by: Person } | null;
  readonly uses: number;
  readonly lastUsedAt: Date | null;
}

export const LONGEST_GRANT_SECONDS = 86_400;

/** What people write. Everything else (a status, an author, a date, a term) does something else with another value. */
const TEXTS: readonly string[] = ['title', 'content', 'excerpt', 'caption', 'description', 'alt_text'];

export function grantText(grant: Omit<Grant, 'seal' | 'revoked' | 'uses' | 'lastUsedAt'>): string {
  const { id, approvalId, agentId, tool, target, texts, fixed, targetStatus, policyVersion, asks, need, by } = grant;
  const covered: JsonObject = {
    ...{ id, approvalId, agentId, tool, target, targetStatus, fixed, policyVersion, need },
    ...{ texts: [...texts], asks: [...asks], by: by.map((person) => ({ ...person })) },
    ...{ createdAt: grant.createdAt.toISOString(), expiresAt: grant.expiresAt.toISOString() },
  };
  return `grant|${canonicalJson(covered)}`;
}

export const isGenuineGrant = (
  { seal: stamp, revoked: _, uses: __, lastUsedAt: ___, ...grant }: Grant,
  seal: Seal,
): boolean => seal.fits(grantText(grant), stamp);

const statusIn = (fields: JsonObject | null): string | null =>
  typeof fields?.['status'] === 'string' ? fields['status'] : null;

function parted(args: JsonObject): { readonly texts: readonly string[]; readonly fixed: JsonObject } {
  const names = Object.keys(args);
  const texts = names.filter((name) => TEXTS.includes(name)).sort();
  return { texts, fixed: Object.fromEntries(Object.entries(args).filter(([name]) => !texts.includes(name))) };
}

/** The shortest time that all whose votes count want it remembered for; null when one of them doesn't. */
export function rememberedSeconds(approval: Approval, seal: Seal): number | null {
  const wanted = liveVotes(approval)
    .filter((vote) => isGenuine(approval.id, vote, seal))
    .map(({ rememberSeconds }) => rememberSeconds);
  const given = wanted.filter((seconds) => seconds !== null);
  return given.length === 0 || given.length < wanted.length ? null : Math.min(...given, LONGEST_GRANT_SECONDS);
}

/** What comes of an approved call that everybody wants remembered; undefined where there is nothing to remember. */
export function grantOf(
  approval: Approval,
  decision: Decision & { readonly approval: ApprovalNeed | null },
  { id, at, seal }: { readonly id: GrantId; readonly at: Date; readonly seal: Seal },
): Grant | undefined {
  const seconds = rememberedSeconds(approval, seal);
  const { policyVersion, approval: need } = decision;
  if (seconds === null || approval.target === null || approval.targetDigest === null) return undefined;
  if (decision.effect !== 'ask' || need === null || policyVersion === null) return undefined;
  const made = {
    ...{ id, approvalId: approval.id, agentId: approval.requester.agentId, tool: approval.tool },
    ...{ target: approval.target, ...parted(approval.effective) },
    targetStatus: statusIn(approval.effective) ?? statusIn(approval.before),
    policyVersion: policyVersion as PolicyVersion,
    ...{ asks: asksOf(decision), need: needJson(need) },
    by: liveVotes(approval).map(({ userId, login }) => ({ userId, login })),
    ...{ createdAt: at, expiresAt: new Date(at.getTime() + seconds * 1_000) },
  };
  return { ...made, seal: seal.make(grantText(made)), revoked: null, uses: 0, lastUsedAt: null };
}

/** A call that has just been decided `ask`. */
export interface Asked {
  readonly agentId: AgentId;
  readonly tool: string;
  readonly target: string;
  readonly args: JsonObject;
  /** The fields of the target as they are now. */
  readonly now: JsonObject;
  readonly decision: Decision;
}

const isSame = (left: JsonObject, right: JsonObject): boolean => canonicalJson(left) === canonicalJson(right);

/** Whether a grant is the answer to exactly what is asked now. */
export function answers(grant: Grant, asked: Asked, now: Date): boolean {
  const { agentId, tool, target, args, decision } = asked;
  if (grant.revoked !== null || now < grant.createdAt || now >= grant.expiresAt) return false;
  if (grant.agentId !== agentId || grant.tool !== tool || grant.target !== target) return false;
  if (statusIn(asked.now) !== grant.targetStatus) return false;
  const { effect, policyVersion, approval: need } = decision;
  if (effect !== 'ask' || policyVersion !== grant.policyVersion || need === null) return false;
  if (!isSame(needJson(need), grant.need) || !asksOf(decision).every((each) => grant.asks.includes(each))) return false;
  const { texts, fixed } = parted(args);
  return isSame(fixed, grant.fixed) && texts.every((name) => grant.texts.includes(name));
}
