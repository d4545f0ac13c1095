/**
 * Batch jobs of Operations as catalog entities.
 *
 * @packageDocumentation
 */
export { catalogModuleOperations as default } from './module';
