import {
  cidrSize,
  formatAddress,
  formatCidr,
  parseAddress,
  parseCidr,
  readClientAddress,
  tenantProblem,
  type OverrideRules,
  type OverrideSubject,
} from '@craft-easy/backstage-plugin-operations-common/internal';

/** The meaning of what the user typed. */
export interface ReadSubject {
  subject?: OverrideSubject;
  /** how the text was understood, or how large the network is */
  hint?: string;
  problem?: string;
}

/** What looks like a network or an address, and is read as nothing else. */
const NETWORK = /^([\d.]+|[\da-f]*:[\da-f:.]*)\//i;
const IPV6 = /^\[?[\da-f]*:[\da-f]*:[\da-f:.]*(\]|$)/i;

/**
 * Reads a tenant, an address or a network as it is being typed; the user need not say which of them
 * it is.
 */
export function readSubject(text: string, rules: OverrideRules): ReadSubject {
  const typed = text.trim();
  if (!typed) return { problem: 'Give a tenant, an address or a network' };
  if (NETWORK.test(typed)) {
    const cidr = parseCidr(typed);
    if (!cidr) return { problem: 'Not a network, such as 192.0.2.0/24' };
    const canonical = formatCidr(cidr);
    const given = parseAddress(typed.slice(0, typed.lastIndexOf('/')))!;
    if (formatAddress(given) !== formatAddress(cidr.network)) {
      return {
        problem: `Has bits behind its prefix: did you mean ${canonical}?`,
      };
    }
    const { version } = cidr.network;
    const least = version === 4 ? rules.minPrefixV4 : rules.minPrefixV6;
    if (cidr.prefix < least) {
      return { problem: `Too large: at least /${least}` };
    }
    const size = cidrSize(cidr);
    const addresses =
      size > 1e6
        ? `2^${Math.log2(size)} addresses`
        : `${size.toLocaleString('en')} addresses`;
    return {
      subject: { kind: 'cidr', cidr: canonical },
      hint: `Network ${canonical}: ${addresses}, each counted for itself`,
    };
  }
  const address = readClientAddress(typed);
  if (address) {
    const ip = formatAddress(address);
    return { subject: { kind: 'ip', ip }, hint: `Address ${ip}` };
  }
  if (/^[\d.]+(:\d*)?$/.test(typed) && typed.includes('.')) {
    return { problem: 'Not an IPv4 address' };
  }
  if (IPV6.test(typed)) return { problem: 'Not an IPv6 address' };
  const problem = tenantProblem(typed);
  if (problem) return { problem };
  return {
    subject: { kind: 'tenant', tenant: typed },
    hint: `Tenant ${typed}`,
  };
}
