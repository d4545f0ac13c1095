import { IPv4, IPv6 } from 'ipaddr.js';

/**
 * IP addresses as numbers. An IPv4 address written as IPv6 (`::ffff:1.2.3.4`, `::ffff:102:304`)
 * *is* the IPv4 address: it is recognised by its bits, not by how it is spelled, since otherwise a
 * client could choose which rule applies to it.
 */

/** An address: IPv4 as one unsigned 32-bit word, IPv6 as four. */
export type Address =
  | { version: 4; words: readonly [number] }
  | { version: 6; words: readonly [number, number, number, number] };

/** Longer texts cannot be an address, and are not worth reading. */
const MAX_LENGTH = 100;

/**
 * Reads an IP address of either version, as it is spelled. A zone (`fe80::1%eth0`) is left out;
 * brackets, and the octal and short forms that some readers take for IPv4, are refused.
 * @returns undefined if the text is no address
 */
export function parseIp(text: string): IPv4 | IPv6 | undefined {
  if (text.length > MAX_LENGTH) return undefined;
  if (!text.includes(':')) {
    return IPv4.isValidFourPartDecimal(text) ? IPv4.parse(text) : undefined;
  }
  // ipaddr.js would read `::1.2.3.4` as `::ffff:1.2.3.4`, which is another address
  const [address] = text.split('%', 1);
  const lastGroup = address.lastIndexOf(':') + 1;
  const spelled =
    address.slice(0, lastGroup) + hexadecimal(address.slice(lastGroup));
  const isHexadecimal = /^[0-9a-f:]+$/i.test(spelled);
  return isHexadecimal && IPv6.isValid(spelled)
    ? IPv6.parse(spelled)
    : undefined;
}

/** The end of an IPv6 address, where it is written as an IPv4 one: in hexadecimal groups. */
function hexadecimal(dotted: string): string {
  if (!IPv4.isValidFourPartDecimal(dotted)) return dotted;
  const [a, b, c, d] = IPv4.parse(dotted).octets;
  return `${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`;
}

/**
 * Reads an IP address, either version; see {@link parseIp}.
 * @returns undefined if the text is no address
 */
export function parseAddress(text: string): Address | undefined {
  const ip = parseIp(text);
  if (!ip) return undefined;
  const word = (...[a, b, c, d]: number[]) =>
    ((a * 256 + b) * 256 + c) * 256 + d;
  const bytes = ip.toByteArray();
  const last = word(...bytes.slice(-4));
  if (ip instanceof IPv4 || ip.isIPv4MappedAddress()) {
    return { version: 4, words: [last] };
  }
  const [first, second, third] = [0, 4, 8].map(at =>
    word(...bytes.slice(at, at + 4)),
  );
  return { version: 6, words: [first, second, third, last] };
}

/** `1.2.3.4:80` and `::ffff:1.2.3.4:80`; without brackets other IPv6 addresses take no port. */
const WITH_PORT = /^((?:[\da-f:]*:)?\d+\.\d+\.\d+\.\d+):\d{1,5}$/i;
/** `[2001:db8::1]`, `[2001:db8::1]:443` */
const IN_BRACKETS = /^\[([^\]]+)\](?::\d{1,5})?$/;

/**
 * Reads the address of a client as connections, proxies and logs give it: any spelling that {@link
 * parseIp} reads, in brackets or not, with a port or not, in the quotes of a `Forwarded` header.
 * @returns undefined if the text is no address
 */
export function readClientAddress(text: string): Address | undefined {
  if (text.length > MAX_LENGTH) return undefined;
  const bare = text.trim().replace(/^"(.*)"$/, '$1');
  const bracketed = IN_BRACKETS.exec(bare)?.[1];
  if (bracketed !== undefined) {
    return bracketed.includes(':') ? parseAddress(bracketed) : undefined;
  }
  return parseAddress(WITH_PORT.exec(bare)?.[1] ?? bare);
}

/**
 * The one way to write an address: dotted decimals, or RFC 5952 (lower case, the longest run of
 * zeros as `::`).
 */
export function formatAddress({ version, words }: Address): string {
  if (version === 4) {
    return [24, 16, 8, 0].map(shift => (words[0] >>> shift) & 255).join('.');
  }
  const groups = words.flatMap(word => [word >>> 16, word & 0xffff]);
  const text = groups.map(group => group.toString(16)).join(':');
  // the URL standard writes the host as RFC 5952 does; of equal runs ipaddr.js shortens the last
  return new URL(`http://[${text}]`).hostname.slice(1, -1);
}

/** The high `bits` bits of a word. */
export function maskWord(word: number, bits: number): number {
  if (bits <= 0) return 0;
  if (bits >= 32) return word;
  // eslint-disable-next-line no-bitwise
  return (word & (0xffffffff << (32 - bits))) >>> 0;
}

/**
 * What a client is counted by: an IPv4 address as it is; of an IPv6 address the /64, since that is
 * what one subscriber is given.
 */
export function clientKey(address: Address): string {
  if (address.version === 4) return formatAddress(address);
  const [a, b] = address.words;
  return `${formatAddress({ version: 6, words: [a, b, 0, 0] })}/64`;
}
