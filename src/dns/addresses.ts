import { BlockList, isIPv4, isIPv6 } from 'node:net';
import { DnsError, quoted } from './error.ts';
import type { Field } from './record-type.ts';

/** An IPv4 address: four decimal numbers without leading zeros. */
export const ipv4: Field<string> = {
  read([token], { field }) {
    const text = token?.text ?? '';
    if (!isIPv4(text)) {
      throw new DnsError(
        'a-address',
        `The ${field} of A is an IPv4 address, not ${quoted(text)}`,
        isIPv6(text)
          ? 'An IPv6 address belongs in an AAAA record.'
          : 'Four numbers from 0 to 255, no leading zeros.',
      );
    }
    return text;
  },
  write: (address) => address,
  fromWire: (wire) => [wire.take(4).join('.')],
};

/** An IPv6 address, stored in the form of RFC 5952; no zone id. */
export const ipv6: Field<string> = {
  read([token], { field }) {
    const text = token?.text ?? '';
    if (!isIPv6(text) || text.includes('%')) {
      throw new DnsError(
        'aaaa-address',
        `The ${field} of AAAA is an IPv6 address, not ${quoted(text)}`,
        isIPv4(text) ? 'An IPv4 address belongs in an A record.' : 'Such as 2001:db8::1, without a zone id.',
      );
    }
    return canonicalIpv6(text);
  },
  write: (address) => address,
  fromWire: (wire) => [ipv6Text(wire.take(16))],
};

/**
 * The form of RFC 5952, an IPv4-mapped address with its dotted part (section 5). Takes a valid address. The URL
 * serializer compresses as section 4 asks; ipaddr.js does not do here, since it reads ::1.2.3.4 as ::ffff:1.2.3.4.
 */
export function canonicalIpv6(text: string): string {
  const canonical = new URL(`http://[${text}]/`).hostname.slice(1, -1);
  const mapped = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(canonical);
  if (!mapped) return canonical;
  const [high, low] = [Number.parseInt(mapped[1] ?? '', 16), Number.parseInt(mapped[2] ?? '', 16)];
  return `::ffff:${high >> 8}.${high & 255}.${low >> 8}.${low & 255}`;
}

/** The 16 octets of an address as text, uncompressed. */
export function ipv6Text(octets: Buffer): string {
  return Array.from({ length: 8 }, (_, at) => octets.readUInt16BE(2 * at).toString(16)).join(':');
}

/** What an edge on the Internet cannot reach, by the name a message gives it. */
const UNREACHABLE: readonly (readonly [kind: string, ranges: readonly string[]])[] = [
  ['unspecified', ['0.0.0.0/8', '::/128']],
  ['loopback', ['127.0.0.0/8', '::1/128']],
  ['private', ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', 'fc00::/7']],
  ['link-local', ['169.254.0.0/16', 'fe80::/10']],
  ['documentation', ['192.0.2.0/24', '198.51.100.0/24', '203.0.113.0/24', '2001:db8::/32', '3fff::/20']],
  ['multicast or reserved', ['224.0.0.0/3', 'ff00::/8']],
];

let blocks: (readonly [string, BlockList])[] | undefined;

function blockLists(): (readonly [string, BlockList])[] {
  blocks ??= UNREACHABLE.map(([kind, ranges]) => {
    const list = new BlockList();
    for (const range of ranges) {
      const [network = '', prefix] = range.split('/');
      list.addSubnet(network, Number(prefix), network.includes(':') ? 'ipv6' : 'ipv4');
    }
    return [kind, list] as const;
  });
  return blocks;
}

/** The kind of a range that cannot be reached over the Internet and holds the address; undefined for a public one. */
export function unreachableKind(address: string): string | undefined {
  const family = address.includes(':') ? 'ipv6' : 'ipv4';
  return blockLists().find(([, list]) => list.check(address, family))?.[0];
}
