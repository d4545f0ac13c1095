// Pages check addresses as one types; these files of the protocol hold no schema.
export {
  cidrSize,
  clientKey,
  formatAddress,
  formatCidr,
  parseAddress,
  parseCidr,
  applyOverride,
  subjectKey,
} from '@craft-easy/backstage-plugin-operations-protocol';
export type {
  OverrideLimit,
  OverrideSubject,
  Quota,
} from '@craft-easy/backstage-plugin-operations-protocol';
