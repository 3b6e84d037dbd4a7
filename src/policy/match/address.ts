/** An IP address as one number. IPv4 inside IPv6 (`::ffff:a.b.c.d`, RFC 4291, section 2.5.5.2) is IPv4. */
export interface Address {
  readonly family: 4 | 6;
  readonly bits: bigint;
}

/** All addresses whose first `length` bits are those of `bits`. */
export interface Network extends Address {
  readonly length: number;
}

const WIDTH = { 4: 32, 6: 128 } as const;
const MAPPED = 0xffffn << 32n;

/** Reads an address in the usual notation (a zone such as `%eth0` is left aside), or undefined. */
export function parseAddress(text: string): Address | undefined {
  if (text.length > 64) return undefined;
  const plain = text.replace(/%[\w.-]+$/, '');
  if (!plain.includes(':')) {
    const bits = plain === text ? ipv4(plain) : undefined;
    return bits === undefined ? undefined : { family: 4, bits };
  }
  const bits = ipv6(plain);
  if (bits === undefined) return undefined;
  return bits >> 32n === MAPPED >> 32n ? { family: 4, bits: bits & 0xffff_ffffn } : { family: 6, bits };
}

/** Reads CIDR notation or a single address. `stray` says that bits beyond the prefix are set. */
export function parseNetwork(text: string): (Network & { readonly stray: boolean }) | undefined {
  const [address = '', length, more] = text.split('/');
  const parsed = address.includes('%') ? undefined : parseAddress(address);
  if (parsed === undefined || more !== undefined) return undefined;
  const written = address.includes(':') ? 6 : 4;
  if (length !== undefined && !/^(?:0|[1-9][0-9]{0,2})$/.test(length)) return undefined;
  const given = length === undefined ? WIDTH[written] : Number(length);
  const bound = written === parsed.family ? given : given - 96;
  if (bound < 0 || bound > WIDTH[parsed.family]) return undefined;
  const rest = BigInt(WIDTH[parsed.family] - bound);
  return { ...parsed, length: bound, stray: (parsed.bits >> rest) << rest !== parsed.bits };
}

export function contains(network: Network, address: Address): boolean {
  if (network.family !== address.family) return false;
  const rest = BigInt(WIDTH[network.family] - network.length);
  return network.bits >> rest === address.bits >> rest;
}

/** Four decimal numbers without leading zeros (RFC 6943, section 3.1.1: other forms are read differently by others). */
function ipv4(text: string): bigint | undefined {
  const parts = text.split('.');
  if (parts.length !== 4 || !parts.every((part) => /^(?:0|[1-9][0-9]{0,2})$/.test(part) && Number(part) < 256))
    return undefined;
  return parts.reduce((bits, part) => (bits << 8n) | BigInt(part), 0n);
}

/** RFC 4291, section 2.2: eight groups, one run of zeros as `::`, the last two perhaps as IPv4. */
function ipv6(text: string): bigint | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const [head, tail] = [groups(halves[0] ?? '', halves.length === 1), groups(halves[1] ?? '', true)];
  if (head === undefined || tail === undefined) return undefined;
  const missing = 8 - head.length - tail.length;
  if (halves.length === 1 ? missing !== 0 : missing < 1) return undefined;
  return [...head, ...Array.from({ length: missing }, () => 0n), ...tail].reduce(
    (bits, group) => (bits << 16n) | group,
    0n,
  );
}

function groups(text: string, mayEndInIpv4: boolean): readonly bigint[] | undefined {
  if (text === '') return [];
  const parts = text.split(':');
  const all: bigint[] = [];
  for (const [index, part] of parts.entries()) {
    if (part.includes('.')) {
      const last = mayEndInIpv4 && index === parts.length - 1 ? ipv4(part) : undefined;
      if (last === undefined) return undefined;
      all.push(last >> 16n, last & 0xffffn);
    } else if (/^[0-9a-f]{1,4}$/i.test(part)) all.push(BigInt(`0x${part}`));
    else return undefined;
  }
  return all;
}
