import { isIP } from 'node:net';

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
 * there, so it is what is judged.
 */
const EMBEDDED_V4: Array<[string, number]> = [
  ['::ffff:0:0/96', 12], // v4-mapped, RFC 4291
  ['64:ff9b::/96', 12], // NAT64, RFC 6052
  ['2002::/16', 2], // 6to4, RFC 3056
];

/** A range of addresses: its first bytes and how many bits of them count. */
export interface Range {
  bytes: number[];
  bits: number;
}

/**
 * Bytes of an address (4 or 16), or undefined if the text is not one. A zone (`%eth0`) is not
 * counted.
 */
function addressBytes(text: string): number[] | undefined {
  const address = text.split('%')[0];
  switch (isIP(address)) {
    case 4:
      return address.split('.').map(Number);
    case 6:
      return v6Bytes(address);
    default:
      return undefined;
  }
}

function v6Bytes(address: string): number[] {
  let text = address;
  const lastColon = text.lastIndexOf(':');
  if (text.includes('.')) {
    const [a, b, c, d] = text
      .slice(lastColon + 1)
      .split('.')
      .map(Number);
    text = `${text.slice(0, lastColon + 1)}${(a * 256 + b).toString(16)}:${(
      c * 256 +
      d
    ).toString(16)}`;
  }
  const [head, tail] = text.split('::');
  const groups = (part: string | undefined) =>
    part ? part.split(':').map(group => parseInt(group, 16)) : [];
  const left = groups(head);
  const right = groups(tail);
  const zeros =
    tail === undefined ? 0 : Math.max(0, 8 - left.length - right.length);
  return [...left, ...new Array<number>(zeros).fill(0), ...right].flatMap(
    group => [Math.floor(group / 256), group % 256],
  );
}

/**
 * Reads `10.0.0.0/8`, `::1/128` or a single address.
 * @throws Error where it is none of them
 */
export function parseRange(text: string): Range {
  const [address, length] = text.split('/');
  const bytes = addressBytes(address);
  const most = bytes ? bytes.length * 8 : 0;
  const bits = length === undefined ? most : Number(length);
  if (!bytes || !Number.isInteger(bits) || bits < 0 || bits > most) {
    throw new Error(`'${text}' is neither an IP address nor a CIDR range`);
  }
  return { bytes, bits };
}

/** Whether an address lies in a range of the same family. */
function isWithin(bytes: number[], range: Range): boolean {
  if (bytes.length !== range.bytes.length) return false;
  for (let bit = 0; bit < range.bits; bit += 8) {
    const index = bit / 8;
    const shift = Math.max(0, 8 - (range.bits - bit));
    // eslint-disable-next-line no-bitwise
    if (bytes[index] >> shift !== range.bytes[index] >> shift) return false;
  }
  return true;
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
function embedded(bytes: number[]): number[] | undefined {
  const found = embeddedV4.find(({ range }) => isWithin(bytes, range));
  return found && bytes.slice(found.at, found.at + 4);
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
  const bytes = addressBytes(address);
  if (!bytes) return 'not an IP address';
  const inner = bytes.length === 16 ? embedded(bytes) : undefined;
  const judged = inner ?? bytes;
  if (allow.some(range => isWithin(judged, range) || isWithin(bytes, range))) {
    return undefined;
  }
  const table = judged.length === 4 ? forbiddenV4 : forbiddenV6;
  const found = table.find(({ range }) => isWithin(judged, range));
  if (found) return `${found.why} (${found.cidr})`;
  if (judged.length === 16 && !isWithin(judged, globalUnicast)) {
    return 'not global unicast (2000::/3)';
  }
  return undefined;
}
