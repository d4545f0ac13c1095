import { Address, formatAddress, maskWord, parseAddress } from './address';

/** A network: the first address, and how many leading bits are fixed. */
export interface Cidr {
  network: Address;
  prefix: number;
}

/** The network of the given length that holds an address. */
export function networkOf(address: Address, prefix: number): Address {
  if (address.version === 4) {
    return { version: 4, words: [maskWord(address.words[0], prefix)] };
  }
  const w = address.words;
  return {
    version: 6,
    words: [
      maskWord(w[0], prefix),
      maskWord(w[1], prefix - 32),
      maskWord(w[2], prefix - 64),
      maskWord(w[3], prefix - 96),
    ],
  };
}

/**
 * Reads `address/length`. `::ffff:10.0.0.0/104` is the IPv4 network 10.0.0.0/8; a shorter prefix of
 * the mapped range is refused, as it would be partly one version and partly the other.
 * @returns undefined if the text is no network; bits behind the prefix are cut off (see {@link
 *   formatCidr} to compare)
 */
export function parseCidr(text: string): Cidr | undefined {
  const slash = text.lastIndexOf('/');
  if (slash < 0) return undefined;
  const digits = text.slice(slash + 1);
  if (!/^(0|[1-9]\d{0,2})$/.test(digits)) return undefined;
  const spelled = text.slice(0, slash);
  if (spelled.includes('%')) return undefined;
  const address = parseAddress(spelled);
  if (!address) return undefined;
  let prefix = Number(digits);
  if (address.version === 4 && spelled.includes(':')) {
    if (prefix < 96) return undefined;
    prefix -= 96;
  }
  if (prefix > (address.version === 4 ? 32 : 128)) return undefined;
  return { network: networkOf(address, prefix), prefix };
}

/** `10.0.0.0/8`: the one way to write a network. */
export function formatCidr(cidr: Cidr): string {
  return `${formatAddress(cidr.network)}/${cidr.prefix}`;
}

/**
 * How many addresses a network holds; a number for a person to read (2^k above 2^53 is not exact).
 */
export function cidrSize(cidr: Cidr): number {
  return 2 ** ((cidr.network.version === 4 ? 32 : 128) - cidr.prefix);
}

/** Whether an address lies in a network. */
export function cidrContains(cidr: Cidr, address: Address): boolean {
  if (cidr.network.version !== address.version) return false;
  return networkOf(address, cidr.prefix).words.every(
    (word, i) => word === cidr.network.words[i],
  );
}

/** A word list as a map's key. */
function wordsKey(address: Address, prefix: number): number | string {
  const w = address.words;
  if (address.version === 4) return maskWord(w[0], prefix);
  if (prefix <= 32) return maskWord(w[0], prefix);
  const high = `${w[0]}.${maskWord(w[1]!, prefix - 32)}`;
  if (prefix <= 64) return high;
  return `${high}.${maskWord(w[2]!, prefix - 64)}.${maskWord(
    w[3]!,
    prefix - 96,
  )}`;
}

/**
 * Finds the longest prefix that holds an address: one hash per prefix length in use, longest first.
 * Its cost grows with the number of different lengths (at most 33 and 129), never with the number
 * of networks.
 */
export class CidrTable<T> {
  private readonly byVersion = {
    4: [] as Array<{ prefix: number; map: Map<number | string, T> }>,
    6: [] as Array<{ prefix: number; map: Map<number | string, T> }>,
  };

  get(cidr: Cidr): T | undefined {
    return this.byVersion[cidr.network.version]
      .find(level => level.prefix === cidr.prefix)
      ?.map.get(wordsKey(cidr.network, cidr.prefix));
  }

  set(cidr: Cidr, value: T): void {
    const levels = this.byVersion[cidr.network.version];
    let level = levels.find(l => l.prefix === cidr.prefix);
    if (!level) {
      level = { prefix: cidr.prefix, map: new Map() };
      levels.push(level);
      levels.sort((a, b) => b.prefix - a.prefix);
    }
    level.map.set(wordsKey(cidr.network, cidr.prefix), value);
  }

  /**
   * The value of the longest matching prefix that `accept` takes; a refused one does not hide a
   * shorter one.
   */
  match(
    address: Address,
    accept: (value: T) => boolean = () => true,
  ): T | undefined {
    for (const { prefix, map } of this.byVersion[address.version]) {
      const value = map.get(wordsKey(address, prefix));
      if (value !== undefined && accept(value)) return value;
    }
    return undefined;
  }
}
