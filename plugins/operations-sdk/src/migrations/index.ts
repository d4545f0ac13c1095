/**
 * Tell the portal how far an instance is migrated.
 *
 * @packageDocumentation
 */
export {
  MigrationReporter,
  type MigrationFacts,
  type MigrationReporterOptions,
} from './reporter';
