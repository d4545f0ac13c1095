import {
  cidrSize,
  formatAddress,
  formatCidr,
  parseAddress,
  parseCidr,
  readClientAddress,
  type OverrideRules,
  type OverrideSubject,
} from '@craft-easy/backstage-plugin-operations-common/internal';
import type { ReasonT } from '../components/reasons/messages';
import { tenantFaultText } from '../components/reasons/words';
import type { RateLimitT } from './messages';

/** The meaning of what the user typed. */
export interface ReadSubject {
  subject?: OverrideSubject;
  /** how the text was understood, or how large the network is */
  hint?: string;
  problem?: string;
}

const EXAMPLE_NETWORK = '192.0.2.0/24';

/** What looks like a network or an address, and is read as nothing else. */
const NETWORK = /^([\d.]+|[\da-f]*:[\da-f:.]*)\//i;
const IPV6 = /^\[?[\da-f]*:[\da-f]*:[\da-f:.]*(\]|$)/i;

/**
 * Reads a tenant, an address or a network as it is being typed; the user need not say which of them
 * it is.
 */
export function readSubject(
  t: RateLimitT,
  reasons: ReasonT,
  text: string,
  rules: OverrideRules,
): ReadSubject {
  const typed = text.trim();
  if (!typed) return { problem: t('dialog.client.missing') };
  if (NETWORK.test(typed)) {
    const cidr = parseCidr(typed);
    if (!cidr)
      return {
        problem: t('dialog.client.notNetwork', { example: EXAMPLE_NETWORK }),
      };
    const canonical = formatCidr(cidr);
    const given = parseAddress(typed.slice(0, typed.lastIndexOf('/')))!;
    if (formatAddress(given) !== formatAddress(cidr.network)) {
      return {
        problem: t('dialog.client.hostBits', { network: canonical }),
      };
    }
    const { version } = cidr.network;
    const least = version === 4 ? rules.minPrefixV4 : rules.minPrefixV6;
    if (cidr.prefix < least) {
      return {
        problem: t('dialog.client.tooLarge', { prefix: String(least) }),
      };
    }
    const size = cidrSize(cidr);
    return {
      subject: { kind: 'cidr', cidr: canonical },
      hint:
        size > 1e6
          ? t('dialog.client.largeNetwork', {
              network: canonical,
              exponent: String(Math.log2(size)),
            })
          : t('dialog.client.network', { network: canonical, count: size }),
    };
  }
  const address = readClientAddress(typed);
  if (address) {
    const ip = formatAddress(address);
    return {
      subject: { kind: 'ip', ip },
      hint: t('dialog.client.address', { address: ip }),
    };
  }
  if (/^[\d.]+(:\d*)?$/.test(typed) && typed.includes('.')) {
    return { problem: t('dialog.client.notIpv4') };
  }
  if (IPV6.test(typed)) return { problem: t('dialog.client.notIpv6') };
  const problem = tenantFaultText(reasons, typed);
  if (problem) return { problem };
  return {
    subject: { kind: 'tenant', tenant: typed },
    hint: t('dialog.client.tenant', { tenant: typed }),
  };
}
