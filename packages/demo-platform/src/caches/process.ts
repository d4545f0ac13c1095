/**
 * The cache of the tenant API: keeps it filled, and reads hot keys from it. `main.ts` keeps one
 * alive.
 */
import { Redis } from 'ioredis';
import { readConfig } from '../platform/config';
import { TENANT_IDS } from '../platform/tenants';
import { onStop } from '../supervisor/process';
import { fillCache } from './fill';

const REFILL_EVERY_MS = 60_000;
const READ_EVERY_MS = 50;

async function main(): Promise<void> {
  const redis = new Redis(readConfig().redisUrl);
  redis.on('error', error => process.stderr.write(`${error.message}\n`));
  await fillCache(redis, new Date());
  const refill = setInterval(() => {
    fillCache(redis, new Date()).catch(error =>
      process.stderr.write(`${error.message}\n`),
    );
  }, REFILL_EVERY_MS);
  let n = 0;
  const read = setInterval(() => {
    n += 1;
    const tenant = TENANT_IDS[n % TENANT_IDS.length];
    redis.get(`cache:${tenant}:product:${n % 1200}`).catch(() => {
      // the 'error' event has reported the outage already
    });
  }, READ_EVERY_MS);
  onStop(async () => {
    clearInterval(refill);
    clearInterval(read);
    redis.disconnect();
  });
  process.stdout.write('tenant API cache ready\n');
}

main().catch(error => {
  process.stderr.write(`${error.stack}\n`);
  process.exit(1);
});
