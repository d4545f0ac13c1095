/** The Redis side with its real stores, in a process of its own, that a test may kill. */
import knexFactory from 'knex';
import {
  createOperationsRedis,
  readRedisOptions,
} from '@craft-easy/backstage-plugin-operations-node';
import { ConfigReader } from '@backstage/config';
import { DatabaseRunRecorder } from '../../jobs/recorder/DatabaseRunRecorder';
import { DatabaseJobRegistry } from '../../jobs/registry/DatabaseJobRegistry';
import { createPlatform } from '../createPlatform';
import { PLATFORM_TIMINGS } from '../timings';

/** What the environment of the process says. */
export interface PortalSettings {
  redis: { url: string; namespace: string };
  database: string;
  migrations: string;
}

const quiet = {
  error: (text: string) => process.stderr.write(`${text}\n`),
  ...{ warn() {}, info() {}, debug() {}, child: () => quiet },
};

async function main(settings: PortalSettings) {
  const knex = knexFactory({
    client: 'better-sqlite3',
    connection: { filename: settings.database },
    useNullAsDefault: true,
  });
  // several processes look at the file at once
  await knex.raw('PRAGMA journal_mode = WAL');
  await knex.migrate.latest({ directory: settings.migrations });
  const redis = createOperationsRedis(
    readRedisOptions(
      new ConfigReader({ operations: { redis: settings.redis } }),
    ),
    quiet,
  );
  createPlatform({
    ...{ redis, logger: quiet, engines: [] },
    recorder: new DatabaseRunRecorder(knex),
    registry: new DatabaseJobRegistry(knex),
    onApplied: () => {},
    onChanged: () => {},
    timings: {
      runs: {
        ...PLATFORM_TIMINGS.runs,
        ...{ batchSize: 100, abandonedAfterMs: 1000, claimEveryMs: 500 },
      },
    },
  }).start();
  process.send?.('ready');
}

if (process.env.PORTAL) {
  main(JSON.parse(process.env.PORTAL)).catch(error => {
    process.stderr.write(`${error.stack}\n`);
    process.exit(1);
  });
}
