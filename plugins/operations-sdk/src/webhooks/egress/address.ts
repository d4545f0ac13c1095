import { parseIp } from '@craft-easy/backstage-plugin-operations-protocol/internal';
import { IPv4, type IPv6 } from 'ipaddr.js';

/**
 * IPv4 ranges that are not the public internet (IANA special-purpose registry, RFC 6890), and
 * metadata services that look public.
 */
const FORBIDDEN_V4: Array<[string, string]> = [
  ['0.0.0.0/8', 'this network'],
  ['10.0.0.0/8', 'private'],
  ['100.64.0.0/10', 'carrier-grade NAT'],
  ['127.0.0.0/8', 'loopback'],
  ['168.63.129.16/32', 'metadata service'],
  ['169.254.0.0/16', 'link-local, metadata services'],
  ['172.16.0.0/12', 'private'],
  ['192.0.0.0/24', 'protocol assignments'],
  ['192.0.2.0/24', 'documentation'],
  ['192.88.99.0/24', '6to4 relay'],
  ['192.168.0.0/16', 'private'],
  ['198.18.0.0/15', 'benchmarking'],
  ['198.51.100.0/24', 'documentation'],
  ['203.0.113.0/24', 'documentation'],
  ['224.0.0.0/4', 'multicast'],
  ['240.0.0.0/4', 'reserved, broadcast'],
];

/** Parts of 2000::/3 (all else of IPv6 is forbidden anyway) that are not the public internet. */
const FORBIDDEN_V6: Array<[string, string]> = [
  ['2001::/23', 'protocol assignments, Teredo'],
  ['2001:db8::/32', 'documentation'],
  ['3fff::/20', 'documentation'],
];

/**
 * IPv6 prefixes that carry an IPv4 address: [prefix, byte at which it begins]. The packet ends up
 * there, so that address is the one to check.
 */
const EMBEDDED_V4: Array<[string, number]> = [
  ['::ffff:0:0/96', 12], // v4-mapped, RFC 4291
  ['64:ff9b::/96', 12], // NAT64, RFC 6052
  ['2002::/16', 2], // 6to4, RFC 3056
];

type Ip = IPv4 | IPv6;

/** A range of addresses: its first one, and how many of its bits count. */
export type Range = [ip: Ip, bits: number];

/**
 * Reads `10.0.0.0/8`, `::1/128` or a single address.
 * @throws Error where it is none of them
 */
export function parseRange(text: string): Range {
  const [address, length] = text.split('/');
  const ip = parseIp(address);
  const most = ip ? ip.toByteArray().length * 8 : 0;
  const bits = length === undefined ? most : Number(length);
  if (!ip || !Number.isInteger(bits) || bits < 0 || bits > most) {
    throw new Error(`'${text}' is neither an IP address nor a CIDR range`);
  }
  return [ip, bits];
}

/** Whether an address lies in a range of the same family. */
function isWithin(ip: Ip, range: Range): boolean {
  return ip.kind() === range[0].kind() && ip.match(range);
}

const named = (table: Array<[string, string]>) =>
  table.map(([cidr, why]) => ({ range: parseRange(cidr), cidr, why }));
const forbiddenV4 = named(FORBIDDEN_V4);
const forbiddenV6 = named(FORBIDDEN_V6);
const embeddedV4 = EMBEDDED_V4.map(([cidr, at]) => ({
  range: parseRange(cidr),
  at,
}));
const globalUnicast = parseRange('2000::/3');

/** The IPv4 address that an IPv6 address stands for, if it does. */
function embedded(ip: Ip): IPv4 | undefined {
  const found = embeddedV4.find(({ range }) => isWithin(ip, range));
  return found && new IPv4(ip.toByteArray().slice(found.at, found.at + 4));
}

/**
 * Why nothing may be sent to this address; undefined if it may. What is not certainly the public
 * internet is forbidden: IPv6 outside 2000::/3 (loopback, v4-compatible, unique-local, link-local,
 * multicast …) and whatever is not an address at all.
 * @param allow - ranges that are allowed all the same
 */
export function whyForbidden(
  address: string,
  allow: Range[] = [],
): string | undefined {
  const given = parseIp(address);
  if (!given) return 'not an IP address';
  const ip = embedded(given) ?? given;
  if (allow.some(range => isWithin(ip, range) || isWithin(given, range))) {
    return undefined;
  }
  const isV4 = ip.kind() === 'ipv4';
  const table = isV4 ? forbiddenV4 : forbiddenV6;
  const found = table.find(({ range }) => isWithin(ip, range));
  if (found) return `${found.why} (${found.cidr})`;
  return isV4 || isWithin(ip, globalUnicast)
    ? undefined
    : 'not global unicast (2000::/3)';
}
