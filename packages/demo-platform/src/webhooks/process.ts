/**
 * The process of the dispatcher: sends the platform's events to its tenants, and replays them.
 * `main.ts` keeps one alive.
 */
import { createWebhookDispatcher } from '@craft-easy/operations-sdk/webhooks';
import { readRequestKeys } from '../platform/config';
import { onStop } from '../supervisor/process';
import { DEMO_EGRESS, endpointOf, ENDPOINT_ID } from './endpoints';
import { nextEvent } from './events';
import { reportLastNight } from './night';

const EVERY_MS = 5_000;

async function main(): Promise<void> {
  const { REDIS_URL: redisUrl, WEBHOOK_RECEIVERS_URL: receiversUrl } =
    process.env;
  if (!redisUrl || !receiversUrl) {
    throw new Error('REDIS_URL and WEBHOOK_RECEIVERS_URL must be set');
  }
  const namespace = process.env.OPERATIONS_NAMESPACE || undefined;
  const failed = await reportLastNight({ redisUrl, namespace, receiversUrl });
  if (failed > 0)
    process.stdout.write(`${failed} webhooks failed last night\n`);

  const dispatcher = createWebhookDispatcher({
    connection: redisUrl,
    namespace,
    requestKeys: readRequestKeys(),
    endpoint: (tenant, endpoint) => endpointOf(receiversUrl, tenant, endpoint),
    egress: DEMO_EGRESS,
    retry: { attempts: 6, spanMs: 10 * 60_000 },
  });
  await dispatcher.start();
  let n = Math.floor(Date.now() / EVERY_MS);
  const timer = setInterval(() => {
    n += 1;
    dispatcher
      .send({ ...nextEvent(n, new Date()), endpoint: ENDPOINT_ID })
      .catch(error => process.stderr.write(`${error.message}\n`));
  }, EVERY_MS);
  onStop(async () => {
    clearInterval(timer);
    await dispatcher.close();
  });
  process.stdout.write('webhook dispatcher ready\n');
}

main().catch(error => {
  process.stderr.write(`${error.stack}\n`);
  process.exit(1);
});
