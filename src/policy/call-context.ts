import type { FieldsResult, Scanner } from '../content/index.js';
import type { PolicyCall, Facts } from './facts.js';
import { parseAddress, type Address } from './match/address.js';
import { zoneOf, type Zone } from './time/zone.js';

/** A rule can't be decided; the words may be shown to anyone. The call is refused. */
export class Undecidable extends Error {
  override readonly name = 'Undecidable';
}

/** One call and its facts, with what several rules need worked out when it is first asked for, and at most once. */
export class CallContext {
  readonly call: PolicyCall;
  readonly facts: Facts;
  /** Milliseconds since the epoch. */
  readonly now: number;
  #login: string | undefined;
  #roles: readonly string[] | undefined;
  #address: Address | undefined;
  #scans: Map<string, FieldsResult> | undefined;

  constructor(call: PolicyCall, facts: Facts) {
    this.call = call;
    this.facts = facts;
    this.now = facts.now.getTime();
  }

  /** As `sameCase` compares. */
  get login(): string {
    return (this.#login ??= sameCase(this.facts.subject.login));
  }

  /** As `sameCase` compares. */
  get roles(): readonly string[] {
    return (this.#roles ??= this.facts.subject.roles.map(sameCase));
  }

  /** Throws `Undecidable` when the caller's address is unknown. */
  address(): Address {
    const { ip } = this.facts.subject;
    this.#address ??= ip === null ? undefined : parseAddress(ip);
    if (this.#address === undefined) throw new Undecidable("the caller's address is unknown");
    return this.#address;
  }

  /** What a policy's scanner finds in these fields of the arguments; absent: in all. Rules for the same fields share a scan. */
  scanned(scanner: Scanner, fields: readonly string[] | undefined): FieldsResult {
    const key = JSON.stringify(fields ?? null);
    const scans = (this.#scans ??= new Map<string, FieldsResult>());
    const known = scans.get(key) ?? scanner.scanFields(this.call.args, fields);
    scans.set(key, known);
    return known;
  }

  /** The zone of that name; `site` is WordPress's. Throws `Undecidable` when there is none. */
  zone(name: string): Zone {
    const id = name === 'site' ? this.facts.siteTimeZone : name;
    try {
      return zoneOf(id);
    } catch {
      throw new Undecidable(`the time zone ${id} is unknown here`);
    }
  }
}

/** Logins and roles are compared as WordPress's database compares logins: ignoring case. */
export function sameCase(name: string): string {
  return name.toLowerCase();
}
