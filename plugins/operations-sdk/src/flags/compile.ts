import {
  StandardResolutionReasons,
  type ResolutionDetails,
} from '@openfeature/server-sdk';
import type { FlagRecord } from '@craft-easy/backstage-plugin-operations-protocol';

/** Without a value the flag is off, and code's own default is used. */
export type FlagDetails = Omit<ResolutionDetails<unknown>, 'value'> & {
  value?: unknown;
};

/** A flag with its two answers made beforehand, so that an evaluation only compares a clock. */
export interface CompiledFlag {
  record: FlagRecord;
  /** epoch ms; Infinity where the state has no end */
  until: number;
  now: FlagDetails;
  after: FlagDetails;
  metadata: Record<string, string | number | boolean>;
}

export function compileFlag(record: FlagRecord): CompiledFlag {
  const until =
    record.until === undefined ? Infinity : Date.parse(record.until);
  const now = detailsOf(record, record.variant, false);
  return {
    record,
    until,
    now,
    after:
      record.until === undefined
        ? now
        : detailsOf(record, record.afterVariant ?? null, false),
    metadata: metadataOf(record, false),
  };
}

/** What is answered when a variant is served; null: none. */
export function detailsOf(
  record: FlagRecord,
  variant: string | null,
  targeted: boolean,
): FlagDetails {
  const flagMetadata = metadataOf(record, targeted);
  if (variant === null || !Object.hasOwn(record.variants, variant)) {
    return { reason: StandardResolutionReasons.DISABLED, flagMetadata };
  }
  return {
    value: frozen(record.variants[variant]),
    variant,
    reason: targeted
      ? StandardResolutionReasons.TARGETING_MATCH
      : StandardResolutionReasons.STATIC,
    flagMetadata,
  };
}

function metadataOf(record: FlagRecord, targeted: boolean) {
  return Object.freeze({
    revision: record.revision,
    context: targeted ? 'used' : 'ignored',
  });
}

/** Values are shared by all evaluations: nobody may change them. */
function frozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(frozen);
  }
  return value;
}
