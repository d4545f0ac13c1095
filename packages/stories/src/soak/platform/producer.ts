/** Platform code of the soak: sends webhooks and queues runs, and notes what was taken. */
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { createJobClient } from '@craft-easy/operations-sdk/jobs';
import { createWebhookDispatcher } from '@craft-easy/operations-sdk/webhooks';
import { now, ownJournal } from '../journal';
import { ENDPOINTS, JOBS, MUTED_TENANTS, TENANTS } from '../names';
import { connection, logger } from './environment';
import { dispatcherOptions } from './webhooks';

/** How long the endpoint of a message is down: longer than all its attempts take. */
const DOWN_MS = 12_000;
const EVERY_MS = 300;
const GIVE_UP_MS = 10_000;
const MOST_UNDER_WAY = 20;

const note = ownJournal();
const webhooks = createWebhookDispatcher(dispatcherOptions());
const jobs = createJobClient({
  connection: connection(),
  logger,
});

async function send(n: number) {
  const endpoint = ENDPOINTS[n % 4 === 0 ? 1 : 0];
  const muted = n % 12 === 0;
  const tenants = muted ? MUTED_TENANTS : TENANTS;
  const message = {
    id: `msg_${randomUUID()}`,
    tenant: tenants[Math.floor(n / 12) % tenants.length],
    endpoint,
    eventType: 'soak.happened',
    payload: { upFrom: endpoint === 'flaky' ? now() + DOWN_MS : 0 },
  };
  const { id, tenant } = message;
  note('sends', { id, tenant, endpoint });
  await webhooks.send(message);
  note('sent', { id, tenant, endpoint });
}

async function enqueue() {
  const runId = `soak.${randomUUID()}`;
  note('enqueues', { runId });
  await jobs.enqueue(JOBS.queued, { runId, parameters: { ms: 100 } });
  note('enqueued', { runId });
}

let underWay = 0;

/** Waits for a call, but not for ever: while Redis is away, it has no answer. */
async function attempt(call: Promise<void>) {
  underWay += 1;
  try {
    await Promise.race([call, pause(GIVE_UP_MS)]);
  } catch (error) {
    note('not-taken', { why: String(error) });
  }
  underWay -= 1;
}

let n = 0;
setInterval(() => {
  if (underWay > MOST_UNDER_WAY) return;
  n += 1;
  attempt(send(n));
  if (n % 3 === 0) attempt(enqueue());
}, EVERY_MS);
process.stdout.write('ready\n');
