/**
 * The tenants' API as a process: Express on a port of its own, with some traffic. `main.ts` keeps
 * one alive.
 */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { Redis } from 'ioredis';
import { OpenFeature } from '@openfeature/server-sdk';
import { Controls } from '@craft-easy/operations-sdk/controls';
import { OperationsFlagProvider } from '@craft-easy/operations-sdk/flags';
import { Maintenance } from '@craft-easy/operations-sdk/maintenance';
import { RateLimiter } from '@craft-easy/operations-sdk/rate-limits';
import { readConfig } from '../platform/config';
import { TENANT_IDS } from '../platform/tenants';
import { onStop } from '../supervisor/process';
import { createTenantApi } from './app';
import { startBacklog, type Backlog } from './backlog';
import { Bookings } from './bookings';

/** The tenant whose partner system sends more than its limit allows. */
const BUSY_TENANT = 'nordic-gym';
const VISIT_EVERY_MS = 700;

async function main(): Promise<void> {
  const { redisUrl, namespace } = readConfig();
  const controls = new Controls({ connection: redisUrl, namespace });
  const maintenance = new Maintenance(controls);
  const limiter = new RateLimiter({
    controls,
    connection: redisUrl,
    namespace,
    name: 'tenant-api',
    tenant: { limit: 120, windowSeconds: 60 },
    address: { limit: 600, windowSeconds: 60 },
  });
  const redis = new Redis(redisUrl);
  redis.on('error', error => process.stderr.write(`${error.message}\n`));
  await controls.ready;
  await OpenFeature.setProviderAndWait(
    new OperationsFlagProvider({ controls }),
  );

  // the API is there before who calls it
  const callers: { backlog?: Backlog } = {};
  const app = createTenantApi({
    limiter,
    maintenance,
    flags: OpenFeature.getClient(),
    bookings: new Bookings(redis, maintenance),
    operatorToken:
      process.env.TENANT_API_OPERATOR_TOKEN ?? randomBytes(24).toString('hex'),
    waiting: tenant =>
      tenant === BUSY_TENANT ? callers.backlog?.waiting : undefined,
  });
  const server = app.listen(
    Number(process.env.TENANT_API_PORT ?? 0),
    '127.0.0.1',
  );
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  callers.backlog = startBacklog({
    url,
    tenant: BUSY_TENANT,
    perSecond: 4,
    max: 2_000,
  });
  let visits = 0;
  const visiting = setInterval(() => {
    visits += 1;
    const tenant = TENANT_IDS[visits % TENANT_IDS.length];
    fetch(`${url}/t/${tenant}/bookings`)
      .then(response => response.arrayBuffer())
      .catch(error => process.stderr.write(`${error.message}\n`));
  }, VISIT_EVERY_MS);

  onStop(async () => {
    clearInterval(visiting);
    callers.backlog?.stop();
    server.close();
    server.closeAllConnections();
    await OpenFeature.close();
    await limiter.close();
    await controls.close();
    redis.disconnect();
  });
  process.stdout.write(`tenant pages on ${url}/t/${BUSY_TENANT}\n`);
  process.stdout.write('tenant pages ready\n');
}

main().catch(error => {
  process.stderr.write(`${error.stack}\n`);
  process.exit(1);
});
