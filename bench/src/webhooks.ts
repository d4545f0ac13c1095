/**
 * Webhooks: signed and guarded deliveries per second beside plain BullMQ and fetch, the cap of an
 * endpoint, the exact plan of a bulk replay, and the inbox with a million failures.
 *
 * `npm run bench -- webhooks`, and after it `[--failures 1000000] [--only deliveries|inbox]
 * [--database sqlite|postgres]`.
 */
import { compareDeliveries, measureCap } from './webhooks/deliveries';
import { measureInbox } from './webhooks/inbox';

function argument(name: string): string | undefined {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? undefined : process.argv[at + 1];
}

async function main(): Promise<void> {
  const only = argument('only');
  const redisUrl =
    process.env.OPERATIONS_TEST_REDIS_URL ?? process.env.REDIS_URL;
  if (only !== 'inbox') {
    if (!redisUrl) {
      throw new Error('Say where Redis is: OPERATIONS_TEST_REDIS_URL');
    }
    console.table([await compareDeliveries(redisUrl)]);
    console.table([await measureCap(redisUrl)]);
  }
  if (only !== 'deliveries') {
    const failures = Number(argument('failures') ?? 1_000_000);
    const database = argument('database');
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

main().then(
  () => process.exit(0),
  error => {
    process.stderr.write(`${error.stack}\n`);
    process.exit(1);
  },
);
