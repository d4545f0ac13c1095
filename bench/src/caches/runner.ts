import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { LoggerService } from '@backstage/backend-plugin-api';
import type { CacheTarget } from '@craft-easy/backstage-plugin-operations-node';
import createKnex from 'knex';
import { PurgeRunner } from '../../../plugins/operations-backend/src/caches/PurgeRunner';
import { PurgeStore } from '../../../plugins/operations-backend/src/caches/PurgeStore';
import type { PurgeRow } from '../../../plugins/operations-backend/src/caches/purgeRow';
import { testPurge } from '../../../plugins/operations-backend/src/caches/__testUtils__/purges';

const MIGRATIONS = resolve(
  __dirname,
  '../../../plugins/operations-backend/migrations',
);

/**
 * A runner of one replica, with a database of its own: journal and progress are written as in
 * production.
 */
export async function startRunner(target: CacheTarget) {
  const dir = mkdtempSync(join(tmpdir(), 'bench-caches-'));
  const knex = createKnex({
    client: 'better-sqlite3',
    connection: { filename: join(dir, 'portal.sqlite') },
    useNullAsDefault: true,
  });
  await knex.migrate.latest({ directory: MIGRATIONS });
  const store = new PurgeStore(knex);
  const waiting = new Map<string, (purge: PurgeRow) => void>();
  const quiet = () => {};
  const logger: LoggerService = {
    debug: quiet,
    info: quiet,
    child: () => logger,
    warn: message => process.stderr.write(`${message}\n`),
    error: message => process.stderr.write(`${message}\n`),
  };
  const runner = new PurgeRunner({
    targets: new Map([[target.name, target]]),
    store,
    logger,
    onEnded: async purge => waiting.get(purge.id)?.(purge),
  });
  runner.start();
  return {
    async purge(pattern: string, keysPerSecond: number): Promise<PurgeRow> {
      const purge = testPurge({ pattern, keysPerSecond });
      const ended = new Promise<PurgeRow>(done => {
        waiting.set(purge.id, done);
      });
      await store.insert(purge, undefined);
      runner.look();
      const end = await ended;
      if (end.status !== 'succeeded') {
        throw new Error(`The purge ended ${end.status}: ${end.error}`);
      }
      return end;
    },
    async stop() {
      await runner.stop();
      await knex.destroy();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
