/**
 * A replica of the backend as far as purges go, as a process of its own, so that a test may kill
 * it. Argument: JSON of {@link ReplicaSettings}. Says `ready`, and begins to look for work at the
 * first line that it is sent.
 */
import { once } from 'node:events';
import createKnex, { type Knex } from 'knex';
import { PurgeRunner } from '../PurgeRunner';
import { PurgeStore } from '../PurgeStore';
import { testTarget } from './purges';

export interface ReplicaSettings {
  knex: Knex.Config;
  redisUrl: string;
  leaseMs: number;
}

function say(line: string) {
  process.stdout.write(`${line}\n`);
}

async function main() {
  const settings: ReplicaSettings = JSON.parse(process.argv[2]);
  const store = new PurgeStore(createKnex(settings.knex));
  const target = testTarget(
    { url: settings.redisUrl },
    // a busy machine is no busy server: what is tested is not the pace
    { maxAddedLatencyMs: 10_000 },
  );
  const logger = {
    ...{ debug() {}, info: say, warn: say, error: say },
    child: () => logger,
  };
  const runner = new PurgeRunner({
    targets: new Map([[target.name, target]]),
    store,
    logger,
    leaseMs: settings.leaseMs,
    onEnded: async purge => say(`ended ${JSON.stringify(purge)}`),
  });
  process.on('SIGTERM', async () => {
    await runner.stop();
    process.exit(0);
  });
  say('ready');
  // not to outlive the test that started it
  process.stdin.once('end', () => process.exit(1));
  await once(process.stdin, 'data');
  runner.start();
}

main();
