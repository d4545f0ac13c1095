/** A Redis and a PostgreSQL for tests and benchmarks, whose addresses are in the environment. */
import { mkdtempSync, chmodSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { step } from './log.mjs';
import { startPostgres } from './postgres.mjs';
import { ensureRedisServer, startRedis } from './redis.mjs';

/**
 * The oldest PostgreSQL that Backstage's test tools know by name. The tests ask for this one
 * only; the server may be newer.
 */
const POSTGRES_ID = 'POSTGRES15';

/** A private temporary folder, gone with the command. */
export function temporaryFolder() {
  const dir = mkdtempSync(join(tmpdir(), 'operations-'));
  // the database server, which must not be root, has its folder inside
  chmodSync(dir, 0o711);
  return {
    dir,
    // a disk that a soak had mounted below is gone a moment later
    remove: () =>
      rmSync(dir, {
        ...{ recursive: true, force: true },
        ...{ maxRetries: 5, retryDelay: 500 },
      }),
  };
}

/**
 * @param {import('./processes.mjs').Processes} processes
 * @param {string} dir - a private temporary folder
 * @returns {Promise<Record<string, string>>} environment for the tests
 */
export async function startTestServices(processes, dir) {
  const redis = await step('Start Redis', () =>
    startRedis(processes, { dir: join(dir, 'redis'), keep: false }),
  );
  const postgres = await step('Start PostgreSQL', () =>
    startPostgres(processes, { dir: join(dir, 'postgres') }),
  );
  return {
    OPERATIONS_TEST_REDIS_URL: redis.url,
    // for tests that stop their Redis, or fill it
    REDIS_SERVER_BIN: await ensureRedisServer(),
    OPERATIONS_TEST_POSTGRES_URL: postgres.url,
    [`BACKSTAGE_TEST_DATABASE_${POSTGRES_ID}_CONNECTION_STRING`]: postgres.url,
    BACKSTAGE_TEST_DISABLE_DOCKER: '1',
  };
}
