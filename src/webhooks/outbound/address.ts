import { BlockList, isIP } from 'node:net';

/**
 * Networks that no notice goes to unless the operator allows it: what isn't the public Internet. IPv4 from the IANA
 * special-purpose registry (RFC 6890 and its updates), with the address at which one cloud keeps its metadata.
 */
const NOT_PUBLIC_V4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '168.63.129.16/32',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
];

/** All of IPv6 but global unicast is refused, which takes in loopback, link-local, ULA, IPv4-mapped and NAT64 addresses. */
const GLOBAL_UNICAST_V6 = '2000::/3';
/** And of that, what carries an IPv4 address in it (Teredo, 6to4) or is no host's: IETF assignments, documentation, AS112. */
const NOT_PUBLIC_V6 = ['2001::/23', '2001:db8::/32', '2002::/16', '2620:4f:8000::/48', '3fff::/20'];

const LOOPBACK = ['127.0.0.0/8', '::1/128'];

const familyOf = (address: string): 'ipv4' | 'ipv6' => (isIP(address) === 6 ? 'ipv6' : 'ipv4');

function listOf(networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', bits] = network.split('/');
    const family = familyOf(address);
    list.addSubnet(address, bits === undefined ? (family === 'ipv4' ? 32 : 128) : Number(bits), family);
  }
  return list;
}

export interface AddressRules {
  /** Whether a connection may be made to the address. What isn't an address may not. */
  mayReach(address: string): boolean;
  isLoopback(address: string): boolean;
}

/** `allowed`: networks in CIDR that the operator opens. */
export function makeAddressRules(allowed: readonly string[]): AddressRules {
  const [opened, closedV4, closedV6] = [listOf(allowed), listOf(NOT_PUBLIC_V4), listOf(NOT_PUBLIC_V6)];
  const [globalV6, loopback] = [listOf([GLOBAL_UNICAST_V6]), listOf(LOOPBACK)];
  return {
    mayReach(address) {
      const version = isIP(address);
      if (version === 0) return false;
      if (opened.check(address, familyOf(address))) return true;
      if (version === 4) return !closedV4.check(address, 'ipv4');
      return globalV6.check(address, 'ipv6') && !closedV6.check(address, 'ipv6');
    },
    isLoopback: (address) => isIP(address) !== 0 && loopback.check(address, familyOf(address)),
  };
}
