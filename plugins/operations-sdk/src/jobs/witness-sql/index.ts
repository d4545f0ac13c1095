/**
 * A witness of claimed slots in a SQL database. It needs `knex`.
 *
 * @packageDocumentation
 */
export { createSqlWitness, type SqlWitnessOptions } from './createSqlWitness';
export type { SlotWitness, WitnessedClaim } from '../schedule/witness';
