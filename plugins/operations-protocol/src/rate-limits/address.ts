/**
 * IP addresses as numbers. An IPv4 address written as IPv6 (`::ffff:1.2.3.4`, `::ffff:102:304`)
 * *is* the IPv4 address: it is recognised by its bits, not by how it is spelled, since otherwise a
 * client could choose by which rule it is judged.
 */

/** An address: IPv4 as one unsigned 32-bit word, IPv6 as four. */
export type Address =
  | { version: 4; words: readonly [number] }
  | { version: 6; words: readonly [number, number, number, number] };

/**
 * Reads an IPv4 address in dotted decimals.
 * @returns the unsigned 32-bit number, or -1 if it is none. Leading zeros are refused: some readers
 *   take them for octal.
 */
function parseIpv4(text: string): number {
  let value = 0;
  let octet = -1;
  let dots = 0;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c === 46) {
      if (octet < 0 || ++dots > 3) return -1;
      value = value * 256 + octet;
      octet = -1;
    } else if (c >= 48 && c <= 57) {
      if (octet === 0) return -1;
      octet = octet < 0 ? c - 48 : octet * 10 + c - 48;
      if (octet > 255) return -1;
    } else {
      return -1;
    }
  }
  return dots === 3 && octet >= 0 ? value * 256 + octet : -1;
}

/** Reads the groups of an IPv6 address, as eight 16-bit numbers; undefined if it is none. */
function parseGroups(text: string): number[] | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const read = (half: string, last: boolean): number[] | undefined => {
    if (half === '') return [];
    const groups: number[] = [];
    const parts = half.split(':');
    for (let i = 0; i < parts.length; i++) {
      const part = parts[i];
      if (last && i === parts.length - 1 && part.includes('.')) {
        const v4 = parseIpv4(part);
        if (v4 < 0) return undefined;
        groups.push(Math.floor(v4 / 65536), v4 % 65536);
      } else {
        if (!/^[0-9a-f]{1,4}$/i.test(part)) return undefined;
        groups.push(parseInt(part, 16));
      }
    }
    return groups;
  };
  const head = read(halves[0], halves.length === 1);
  if (!head) return undefined;
  if (halves.length === 1) return head.length === 8 ? head : undefined;
  const tail = read(halves[1], true);
  if (!tail || head.length + tail.length > 7) return undefined;
  return [...head, ...Array(8 - head.length - tail.length).fill(0), ...tail];
}

/**
 * Reads an IP address, either version. A zone (`fe80::1%eth0`) is left out, brackets are not
 * accepted.
 * @returns undefined if the text is no address
 */
export function parseAddress(text: string): Address | undefined {
  if (!text.includes(':')) {
    const v4 = parseIpv4(text);
    return v4 < 0 ? undefined : { version: 4, words: [v4] };
  }
  const zone = text.indexOf('%');
  if (text.length > 100) return undefined;
  const g = parseGroups(zone < 0 ? text : text.slice(0, zone));
  if (!g) return undefined;
  const w = (i: number) => g[i] * 65536 + g[i + 1];
  if (w(0) === 0 && w(2) === 0 && w(4) === 0xffff) {
    return { version: 4, words: [w(6)] };
  }
  return { version: 6, words: [w(0), w(2), w(4), w(6)] };
}

/**
 * The one way to write an address: dotted decimals, or RFC 5952 (lower case, the longest run of
 * zeros as `::`).
 */
export function formatAddress(address: Address): string {
  if (address.version === 4) {
    const [v] = address.words;
    return [24, 16, 8, 0].map(s => (v >>> s) & 255).join('.');
  }
  const groups = address.words.flatMap(w => [w >>> 16, w & 0xffff]);
  let best = { at: -1, length: 1 };
  for (let i = 0; i < 8; i++) {
    let n = 0;
    while (i + n < 8 && groups[i + n] === 0) n++;
    if (n > best.length) best = { at: i, length: n };
    if (n) i += n - 1;
  }
  const hex = groups.map(x => x.toString(16));
  if (best.at < 0) return hex.join(':');
  return `${hex.slice(0, best.at).join(':')}::${hex
    .slice(best.at + best.length)
    .join(':')}`;
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
