/**
 * The BullMQ job engine of the Operations backend.
 *
 * @packageDocumentation
 */
export { operationsModuleBullmq as default } from './module';
