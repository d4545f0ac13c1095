import { resolvePackagePath } from '@backstage/backend-plugin-api';
import { readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import {
  TestDatabases,
  type TestDatabaseId,
} from '@backstage/backend-test-utils';
import type { Knex } from 'knex';

/** SQLite always; PostgreSQL where the environment says where one is. */
const DATABASE_IDS: TestDatabaseId[] = process.env
  .BACKSTAGE_TEST_DATABASE_POSTGRES15_CONNECTION_STRING
  ? ['SQLITE_3', 'POSTGRES_15']
  : ['SQLITE_3'];

export const MIGRATIONS = resolvePackagePath(
  '@craft-easy/backstage-plugin-operations-backend',
  'migrations',
);

/**
 * Names of the migration files, in order; given words, only those whose name ends with one of them.
 */
function migrationFiles(words?: string[]): string[] {
  return readdirSync(MIGRATIONS)
    .filter(file => file.endsWith('.js'))
    .filter(file => !words || words.some(w => file.endsWith(`_${w}.js`)))
    .sort();
}

/** Databases of a test file; call at its top level. */
export function createTestDatabases() {
  const databases = TestDatabases.create({ ids: DATABASE_IDS });
  return {
    eachSupportedId: () => databases.eachSupportedId(),
    /**
     * An empty database with the migrations of these capabilities applied; all of them where none
     * are named. A test of one capability names it, so that it starts quickly.
     */
    async init(id: TestDatabaseId, ...capabilities: string[]): Promise<Knex> {
      const knex = await databases.init(id);
      const files = migrationFiles(
        capabilities.length ? capabilities : undefined,
      );
      await knex.migrate.latest({
        migrationSource: {
          getMigrations: async () => files,
          getMigrationName: (file: string) => file,
          getMigration: async (file: string) =>
            require(resolve(MIGRATIONS, file)),
        },
      });
      return knex;
    },
    initEmpty: (id: TestDatabaseId) => databases.init(id),
  };
}
