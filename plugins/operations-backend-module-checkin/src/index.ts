/**
 * The job engine of the Operations backend for whatever can send an HTTP request.
 *
 * @packageDocumentation
 */
export { operationsModuleCheckin as default } from './module';
