import type { AuditReader } from '../audit/audit-log.js';
import type { NewAuditEntry } from '../audit/audit-entry.js';
import type { LoadPrincipal } from '../identity/authenticate.js';
import { actorOf, type Principal } from '../identity/principal.js';
import type { Clock } from '../kernel/clock.js';
import { ChaperoneError } from '../kernel/errors.js';
import type { DelegationId, WpUserId } from '../kernel/ids.js';
import type { InTransaction } from '../kernel/in-transaction.js';
import type { JsonObject } from '../kernel/json.js';
import type { Seal } from './binding.js';
import { delegationText, isGenuineDelegation, LONGEST_DELEGATION_MS, type Delegation } from './delegation.js';
import type { DelegationStore } from './delegation-store.js';
import { makeIsRevoked } from './revocations.js';
import type { ApprovalStores } from './stores.js';
import { voterOf } from './voters.js';
import { ownBallot, type Ballot } from './voting.js';

export interface DelegateDeps {
  readonly inTransaction: InTransaction<Pick<ApprovalStores, 'delegations' | 'audit'>>;
  readonly delegations: Pick<DelegationStore, 'get' | 'list' | 'active' | 'activeFor'>;
  readonly log: Pick<AuditReader, 'list'>;
  readonly loadPrincipal: LoadPrincipal;
  readonly findUser: (login: string) => Promise<WpUserId | undefined>;
  readonly seal: Seal;
  readonly newDelegationId: () => DelegationId;
  readonly clock: Clock;
}

const SHOWN = 200;

const invalid = (detail: string): ChaperoneError => new ChaperoneError('args_invalid', { detail });
const noSuch = (): ChaperoneError => new ChaperoneError('not_found', { detail: 'There is no such delegation.' });

const personNow = (userId: WpUserId) => ({ userId, credential: 'bridge', keyId: null, ip: null }) as const;

function entryOf(
  kind: 'approval.delegated' | 'approval.delegation_revoked',
  { id, from, to, startsAt, endsAt, note }: Delegation,
  who: Pick<NewAuditEntry, 'actor' | 'at'>,
): NewAuditEntry {
  const period = { startsAt: startsAt.toISOString(), endsAt: endsAt.toISOString() };
  const detail: JsonObject = { id, from: { ...from }, to: { ...to }, ...period, note };
  return { kind, ...who, detail };
}

export interface Delegating {
  readonly principal: Principal;
  /** The login of whoever gets the votes. */
  readonly to: string;
  readonly startsAt: Date | null;
  readonly endsAt: Date;
  readonly note: string | null;
}

/** @throws args_invalid */
function assertPeriod(startsAt: Date, endsAt: Date, now: Date): void {
  if (endsAt <= startsAt || endsAt <= now) throw invalid('endsAt: the period must end after it begins, and after now.');
  if (endsAt.getTime() - startsAt.getTime() > LONGEST_DELEGATION_MS) {
    throw invalid('endsAt: a delegation holds for at most 90 days.');
  }
}

/**
 * Gives one's own votes, and nobody else's, to somebody who may approve changes too. It gives away no more than one has when
 * they are used, and can't be passed on: what counts in a vote are the roles of the person in whose name it is cast.
 * @throws args_invalid
 */
export function makeDelegate(deps: DelegateDeps): (input: Delegating) => Promise<Delegation> {
  return async ({ principal, to: login, startsAt: wanted, endsAt, note }) => {
    const now = deps.clock.now();
    const startsAt = wanted ?? now;
    assertPeriod(startsAt, endsAt, now);
    const userId = await deps.findUser(login);
    const found = userId === undefined ? undefined : await deps.loadPrincipal(personNow(userId));
    const delegate = found && voterOf(found);
    if (delegate === undefined || !delegate.mayApprove || delegate.agentId !== null) {
      throw invalid('to: this must be the login of a person who may approve changes.');
    }
    if (delegate.userId === principal.userId) throw invalid('to: these are your votes already.');
    const from = { userId: principal.userId, login: principal.login };
    const to = { userId: delegate.userId, login: delegate.login };
    const made = { id: deps.newDelegationId(), from, to, startsAt, endsAt, note, createdAt: now };
    const delegation: Delegation = { ...made, seal: deps.seal.make(delegationText(made)), revoked: null };
    await deps.inTransaction(async ({ delegations, audit }) => {
      await delegations.insert(delegation);
      await audit.append([entryOf('approval.delegated', delegation, { actor: actorOf(principal), at: now })]);
    });
    return delegation;
  };
}

/** Either of the two people, and whoever manages the settings. */
export const mayRevoke = ({ from, to }: Delegation, { userId, capabilities }: Principal): boolean =>
  from.userId === userId || to.userId === userId || capabilities.has('ai_agent_manage_settings');

/**
 * Ends a delegation, and with it the votes that were cast by it on calls which still wait. Either of the two people may, and
 * whoever manages the settings. @throws not_found
 */
export function makeRevokeDelegation(deps: DelegateDeps) {
  return async ({
    id,
    principal,
  }: {
    readonly id: DelegationId;
    readonly principal: Principal;
  }): Promise<Delegation> => {
    const { userId, login } = principal;
    return deps.inTransaction(async ({ delegations, audit }) => {
      const found = await delegations.get(id);
      if (found === undefined) throw noSuch();
      if (!mayRevoke(found, principal)) throw noSuch();
      const at = deps.clock.now();
      const revoked = { at, by: { userId, login } };
      if (!(await delegations.revoke(id, revoked))) return found;
      await audit.append([entryOf('approval.delegation_revoked', found, { actor: actorOf(principal), at })]);
      return { ...found, revoked };
    });
  };
}

/** Delegations as they are used: those that are sealed here and that nobody has revoked. */
export function makeReadDelegations(deps: DelegateDeps) {
  const isRevoked = makeIsRevoked(deps.log);
  const stands = async (delegation: Delegation): Promise<boolean> =>
    delegation.revoked === null &&
    isGenuineDelegation(delegation, deps.seal) &&
    !(await isRevoked('approval.delegation_revoked', delegation));
  /** The ballots that this person may cast in others' names, whatever the call. */
  const ballotsOf = async (principal: Principal): Promise<readonly Ballot[]> => {
    const delegate = voterOf(principal);
    const found = await deps.delegations.activeFor(delegate.userId, deps.clock.now());
    const ballots = await Promise.all(
      found.map(async (each): Promise<Ballot | undefined> => {
        const from = (await stands(each)) ? await deps.loadPrincipal(personNow(each.from.userId)) : undefined;
        return from && { voter: voterOf(from), proxy: { delegate, delegationId: each.id } };
      }),
    );
    return ballots.filter((each) => each !== undefined);
  };
  return {
    list: () => deps.delegations.list({ limit: SHOWN }),
    /** Everybody's that hold now. */
    active: () => deps.delegations.active(deps.clock.now(), SHOWN),
    ballotsOf,
    /** Whether votes by this delegation still count. */
    async standing(id: DelegationId): Promise<boolean> {
      const found = await deps.delegations.get(id);
      return found !== undefined && stands(found);
    },
    /** One's own ballot, or that of the person in whose name one votes. @throws approval_not_eligible */
    async ballotFor(principal: Principal, inNameOf: WpUserId | undefined): Promise<Ballot> {
      if (inNameOf === undefined || inNameOf === principal.userId) return ownBallot(voterOf(principal));
      const ballot = (await ballotsOf(principal)).find(({ voter }) => voter.userId === inNameOf);
      if (ballot !== undefined) return ballot;
      const detail = 'That person’s votes aren’t delegated to you now.';
      throw new ChaperoneError('approval_not_eligible', { detail });
    },
  };
}

export type ReadDelegations = ReturnType<typeof makeReadDelegations>;
