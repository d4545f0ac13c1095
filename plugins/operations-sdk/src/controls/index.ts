/**
 * What the portal publishes for the platform to hold by itself: one copy per process, shared by
 * rate limits, flags and maintenance. In: a Redis. Out: maps of records that are always there to
 * read, and changes as they come.
 *
 * @packageDocumentation
 */
export { Controls, type ControlsOptions } from './Controls';
export type { ConnectionInput } from '../redis/connection';
