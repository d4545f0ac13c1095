/**
 * Webhooks: signed and guarded deliveries per second beside plain BullMQ and fetch, the cap of an
 * endpoint, the exact plan of a bulk replay, and the inbox with a million failures.
 *
 * `npm run bench -- webhooks`, and after it `[--failures 1000000] [--only deliveries|inbox]
 * [--database sqlite|postgres]`.
 */
import { neededRedisUrl, option, startBench } from './cli';
import { compareDeliveries, measureCap } from './webhooks/deliveries';
import { measureInbox } from './webhooks/inbox';

async function main(): Promise<void> {
  const only = option('only');
  if (only !== 'inbox') {
    const redisUrl = neededRedisUrl();
    console.table([await compareDeliveries(redisUrl)]);
    console.table([await measureCap(redisUrl)]);
  }
  if (only !== 'deliveries') {
    const failures = Number(option('failures') ?? 1_000_000);
    const database = option('database');
    if (database !== 'postgres') {
      console.table(await measureInbox('sqlite', failures));
    }
    if (
      database !== 'sqlite' &&
      process.env.BACKSTAGE_TEST_DATABASE_POSTGRES15_CONNECTION_STRING
    ) {
      console.table(await measureInbox('postgres', failures));
    }
  }
}

startBench(main);
