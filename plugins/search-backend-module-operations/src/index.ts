/**
 * Jobs, flags and open failures of Operations in the search of Backstage.
 *
 * @packageDocumentation
 */
export { searchModuleOperations as default } from './module';
