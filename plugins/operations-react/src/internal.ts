/**
 * What only the packages of this family need of this one. It may change in any version.
 *
 * @internal
 * @packageDocumentation
 */
export { asShown } from './asShown';
export { callAny } from './api';
export { docsHref, targetOf } from './links';
export { askedWaitMs, isPassing } from './retries';
export { statusCodeOf } from './statusCode';
export { useOperationsSignal } from './useOperationsSignal';
export { PollInterval, useRefreshAll } from './useLive';
export {
  optionalFilters,
  optionalSeconds,
  refuseUnknownSettings,
  type FilterRule,
} from './configSchema';
