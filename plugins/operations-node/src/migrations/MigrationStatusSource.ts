import { createExtensionPoint } from '@backstage/backend-plugin-api';

/** What was read of one database's migrations. @public */
export interface MigrationReading {
  component: string;
  environment: string;
  /** why nothing could be read: the state is then unknown, whatever was known before */
  unknown?: string;
  tool: string;
  /**
   * names of the files there are, in their order; absent: not known, so that nothing can be said to
   * be pending
   */
  files?: string[];
  /** names of those that were run, oldest first */
  applied: string[];
  lastRun?: { name: string; at: string; batch?: number };
  lock?: { since?: string; by?: string };
}

/**
 * Reads how far databases are migrated. Reading writes nothing, and a database that does not answer
 * costs a second at most.
 * @public
 */
export interface MigrationStatusSource {
  readonly id: string;
  /** Never throws for a single database: what cannot be read is reported as `unknown`. */
  read(signal: AbortSignal): Promise<MigrationReading[]>;
}

/** Where modules add sources. @public */
export interface MigrationStatusSourceExtensionPoint {
  /** @throws Error if a source of that id was added before */
  addMigrationStatusSource(source: MigrationStatusSource): void;
}

/** @public */
export const migrationStatusSourceExtensionPoint =
  createExtensionPoint<MigrationStatusSourceExtensionPoint>({
    id: 'operations.migration-status-source',
  });
