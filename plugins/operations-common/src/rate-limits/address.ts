// Pages check addresses as one types; these files of the protocol hold no schema.
export {
  cidrSize,
  clientKey,
  formatAddress,
  formatCidr,
  parseAddress,
  parseCidr,
  readClientAddress,
  applyOverride,
  subjectKey,
  USAGE_OTHERS,
  USAGE_UNKNOWN,
} from '@craft-easy/backstage-plugin-operations-protocol/internal';
export type {
  OverrideLimit,
  OverrideSubject,
} from '@craft-easy/backstage-plugin-operations-protocol/internal';
export type { Quota } from '@craft-easy/backstage-plugin-operations-protocol';
