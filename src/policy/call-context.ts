import type { PolicyCall, Facts } from './facts.js';
import { parseAddress, type Address } from './match/address.js';
import { zoneOf, type Zone } from './time/zone.js';

/** A rule can't be decided; the words may be shown to anyone. The call is refused. */
export class Undecidable extends Error {
  override readonly name = 'Undecidable';
}

/** One call and its facts, with what several rules need worked out at most once. */
export interface CallContext {
  readonly call: PolicyCall;
  readonly facts: Facts;
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly login: string;
  readonly roles: readonly string[];
  /** Throws `Undecidable` when the caller's address is unknown. */
  address(): Address;
  /** The zone of that name; `site` is WordPress's. Throws `Undecidable` when there is none. */
  zone(id: string): Zone;
}

export function callContext(call: PolicyCall, facts: Facts): CallContext {
  const { ip } = facts.subject;
  let address: Address | undefined;
  return {
    call,
    facts,
    now: facts.now.getTime(),
    login: sameCase(facts.subject.login),
    roles: facts.subject.roles.map(sameCase),
    address() {
      address ??= ip === null ? undefined : parseAddress(ip);
      if (address === undefined) throw new Undecidable("the caller's address is unknown");
      return address;
    },
    zone: (id) => resolveZone(id === 'site' ? facts.siteTimeZone : id),
  };
}

/** Logins and roles are compared as WordPress's database compares logins: ignoring case. */
export function sameCase(name: string): string {
  return name.toLowerCase();
}

function resolveZone(id: string): Zone {
  try {
    return zoneOf(id);
  } catch {
    throw new Undecidable(`the time zone ${id} is unknown here`);
  }
}
