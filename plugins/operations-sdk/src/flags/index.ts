/**
 * Global flags for platform code, through OpenFeature:
 * `OpenFeature.setProviderAndWait(new OperationsFlagProvider({ controls }))`.
 *
 * @packageDocumentation
 */
export {
  OperationsFlagProvider,
  type OperationsFlagProviderOptions,
} from './OperationsFlagProvider';
