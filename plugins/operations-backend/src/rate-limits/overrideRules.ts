import type { Config } from '@backstage/config';
import { ConflictError } from '@backstage/errors';
import type { OverrideRules } from '@craft-easy/backstage-plugin-operations-common/internal';
import {
  parseCidr,
  type OverrideLimit,
  type OverrideSubject,
} from '@craft-easy/backstage-plugin-operations-protocol/internal';
import { HOUR_MS } from '../lib/time';
import { refusal, sentence } from '../lib/sentences';

/** Reads `operations.rateLimits`: how long and how large an override may be. */
export function readOverrideRules(config: Config): OverrideRules {
  const own = config.getOptionalConfig('operations.rateLimits');
  const hours = own?.getOptionalNumber('maxDurationHours') ?? 24;
  return {
    maxDurationMs: hours * HOUR_MS,
    maxFactor: own?.getOptionalNumber('maxFactor') ?? 100,
    unlimitedAllowed: own?.getOptionalBoolean('allowUnlimited') ?? true,
    minPrefixV4: own?.getOptionalNumber('minPrefixV4') ?? 8,
    minPrefixV6: own?.getOptionalNumber('minPrefixV6') ?? 32,
  };
}

/** @throws ConflictError naming the rule */
export function assertWithinRules(
  rules: OverrideRules,
  subject: OverrideSubject,
  limit: OverrideLimit,
): void {
  if (limit.kind === 'multiplier' && limit.factor > rules.maxFactor) {
    throw refusal(
      ConflictError,
      sentence('override-factor', { limit: rules.maxFactor }),
    );
  }
  if (limit.kind === 'unlimited' && !rules.unlimitedAllowed) {
    throw refusal(ConflictError, sentence('override-unlimited'));
  }
  if (subject.kind === 'cidr') {
    const { network, prefix } = parseCidr(subject.cidr)!;
    const least = network.version === 4 ? rules.minPrefixV4 : rules.minPrefixV6;
    if (prefix < least) {
      throw refusal(
        ConflictError,
        sentence('override-network', { bits: least }),
      );
    }
  }
}
