import { canonicalJson } from '../kernel/canonical-json.js';
import type { DelegationId, WpUserId } from '../kernel/ids.js';
import type { Seal } from './binding.js';

export interface Person {
  readonly userId: WpUserId;
  readonly login: string;
}

/** One person's votes in another's hands, for a period. */
export interface Delegation {
  readonly id: DelegationId;
  readonly from: Person;
  readonly to: Person;
  readonly startsAt: Date;
  /** From this instant on it is over. */
  readonly endsAt: Date;
  readonly note: string | null;
  readonly createdAt: Date;
  /** Over all of the above: who can write to the tables can't hand out anybody's votes. */
  readonly seal: string;
  readonly revoked: { readonly at: Date; readonly by: Person } | null;
}

export const LONGEST_DELEGATION_MS = 90 * 86_400_000;

export function delegationText(delegation: Omit<Delegation, 'seal' | 'revoked'>): string {
  const { id, from, to, startsAt, endsAt, note, createdAt } = delegation;
  const instants = {
    startsAt: startsAt.toISOString(),
    endsAt: endsAt.toISOString(),
    createdAt: createdAt.toISOString(),
  };
  const people = { from: { ...from }, to: { ...to } };
  return `delegation|${canonicalJson({ id, ...people, note, ...instants })}`;
}

export const isGenuineDelegation = ({ seal: stamp, ...delegation }: Delegation, seal: Seal): boolean =>
  seal.fits(delegationText(delegation), stamp);

export type DelegationState = 'planned' | 'active' | 'over' | 'revoked';

export function delegationState({ startsAt, endsAt, revoked }: Delegation, now: Date): DelegationState {
  if (revoked !== null) return 'revoked';
  if (now >= endsAt) return 'over';
  return now < startsAt ? 'planned' : 'active';
}
