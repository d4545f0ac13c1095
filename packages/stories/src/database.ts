import { randomBytes } from 'node:crypto';

/** The `backend.database` part of a stack's config. */
export function databaseConfig(kind: 'sqlite' | 'postgres', dataDir: string) {
  if (kind === 'sqlite') {
    return {
      database: {
        client: 'better-sqlite3',
        connection: { directory: dataDir },
      },
    };
  }
  const url = process.env.OPERATIONS_TEST_POSTGRES_URL;
  if (!url) {
    throw new Error(
      'OPERATIONS_TEST_POSTGRES_URL is not set: run this story through `npm test`.',
    );
  }
  return {
    database: {
      client: 'pg',
      connection: url,
      // each stack has databases of its own in the test run's one server
      prefix: `stack_${randomBytes(4).toString('hex')}_`,
    },
  };
}
