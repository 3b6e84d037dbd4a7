import { isIP } from 'node:net';
import type { AddressRules } from './address.js';

/** A checked way to an endpoint: connect to this address, whatever the name may mean a moment later. */
export interface Destination {
  readonly url: URL;
  readonly address: string;
  readonly family: 4 | 6;
}

export type Resolved =
  | { readonly ok: true; readonly destination: Destination }
  /** `refused`: it will not do as it is. `unresolved`: its name leads nowhere now. */
  | { readonly ok: false; readonly why: 'refused' | 'unresolved'; readonly detail: string };

/** Every address of a name. */
export type Lookup = (hostname: string) => Promise<readonly string[]>;

export type ResolveDestination = (address: string) => Promise<Resolved>;

const LONGEST_URL = 2_000;

const refuse = (detail: string, why: 'refused' | 'unresolved' = 'refused'): Resolved => ({ ok: false, why, detail });

/** https, or http to ourselves; no credentials, which would stand in the clear, and no fragment, which is never sent. */
function parse(text: string): URL | string {
  if (text.length > LONGEST_URL || !URL.canParse(text)) return 'It must be an address of at most 2000 characters.';
  const url = new URL(text);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return 'It must begin with https://.';
  if (url.username !== '' || url.password !== '') return 'It must hold no user and no password.';
  return url.hash === '' ? url : 'It must have no fragment.';
}

async function addressesOf(hostname: string, lookup: Lookup): Promise<readonly string[]> {
  const literal = hostname.replace(/^\[|\]$/g, '');
  if (isIP(literal) !== 0) return [literal];
  try {
    return await lookup(hostname);
  } catch {
    return [];
  }
}

/**
 * Looks an endpoint's name up, once, and answers with the address to connect to. One address that may not be reached refuses all of
 * them: a name that leads inside and outside at once is not one that means well.
 */
export function makeResolveDestination({
  lookup,
  rules,
}: {
  readonly lookup: Lookup;
  readonly rules: AddressRules;
}): ResolveDestination {
  return async (text) => {
    const url = parse(text);
    if (typeof url === 'string') return refuse(url);
    const addresses = await addressesOf(url.hostname, lookup);
    const [address] = addresses;
    if (address === undefined) return refuse(`The name ${url.hostname} can't be resolved.`, 'unresolved');
    if (!addresses.every((each) => rules.mayReach(each))) {
      return refuse(`${url.hostname} leads to a network that CHAPERONE_WEBHOOK_NETWORKS doesn't open.`);
    }
    if (url.protocol === 'http:' && !addresses.every((each) => rules.isLoopback(each)))
      return refuse('It must begin with https://; http is for loopback alone.');
    return { ok: true, destination: { url, address, family: isIP(address) === 6 ? 6 : 4 } };
  };
}
