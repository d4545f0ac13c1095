/**
 * Tell the portal how far an instance is migrated.
 *
 * @packageDocumentation
 */
export * from './reporter';
