import { createHash } from 'node:crypto';
import type { LimitSubject } from '../policy/document.js';
import { parseAddress } from '../policy/match/address.js';

/** Who and what a call is counted for: WordPress user id, agent id, address, tool name, and the site's own name. */
export type LimitSubjects = Readonly<Record<LimitSubject, string | number | undefined>>;

const ORDER: readonly LimitSubject[] = ['user', 'agent', 'ip', 'tool', 'site'];

/**
 * What a rule's `per` makes of a call: equal texts are counted together, whatever the order in which `per` names its parts.
 * Undefined when a part is unknown or isn't an address: such a call can't be counted, so it has to be refused.
 */
export function limitKey(per: readonly LimitSubject[], subjects: LimitSubjects): string | undefined {
  const parts: [LimitSubject, string][] = [];
  for (const name of ORDER.filter((one) => per.includes(one))) {
    const value = subjects[name];
    const text = value === undefined ? undefined : name === 'ip' ? addressKey(String(value)) : String(value);
    if (text === undefined) return undefined;
    parts.push([name, text]);
  }
  return JSON.stringify(parts);
}

/**
 * An address as it is counted: IPv4 by itself, also inside IPv6 (RFC 4291, section 2.5.5.2), IPv6 by its first 64 bits, since one
 * subscriber has at least those to itself (RFC 6177). Undefined when it isn't an address.
 */
export function addressKey(text: string): string | undefined {
  const address = parseAddress(text);
  if (address === undefined) return undefined;
  return address.family === 4 ? `4:${address.bits.toString(16)}` : `6:${(address.bits >> 64n).toString(16)}/64`;
}

const ID_BYTES = 20;

/** The name of a rule's state for a key: 160 bits of SHA-256, so that no store holds an address or a login in the clear. */
export function limitId(rule: string, key: string): Buffer {
  return createHash('sha256')
    .update(JSON.stringify([rule, key]))
    .digest()
    .subarray(0, ID_BYTES);
}
