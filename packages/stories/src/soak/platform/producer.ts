/** Platform code of the soak: sends webhooks and queues runs, and notes what was taken. */
import { randomUUID } from 'node:crypto';
import { createJobClient } from '@craft-easy/operations-sdk/jobs';
import { createWebhookDispatcher } from '@craft-easy/operations-sdk/webhooks';
import { now, ownJournal } from '../journal';
import { ENDPOINTS, JOBS, MUTED_TENANTS, TENANTS } from '../names';
import { connection, logger, redisNames } from './environment';
import { dispatcherOptions } from './webhooks';

/** How long the endpoint of a message is down: longer than all its attempts take. */
const DOWN_MS = 12_000;
const EVERY_MS = 300;
const GIVE_UP_MS = 10_000;

const note = ownJournal();
const webhooks = createWebhookDispatcher(dispatcherOptions());
const jobs = createJobClient({
  ...redisNames(),
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

let n = 0;
let underWay = 0;
setInterval(() => {
  // while Redis is away, calls wait: they do not pile up without end
  if (underWay > 20) return;
  n += 1;
  const calls = [send(n), ...(n % 3 === 0 ? [enqueue()] : [])];
  for (const call of calls) {
    underWay += 1;
    const given = setTimeout(() => {
      underWay -= 1;
    }, GIVE_UP_MS);
    call
      .catch(error => note('not-taken', { why: String(error) }))
      .finally(() => {
        // `_destroyed` is private: a timer that fired cannot be cleared, and says so
        if (given.hasRef()) clearTimeout(given);
        underWay = Math.max(0, underWay - 1);
      });
  }
}, EVERY_MS);
process.stdout.write('ready\n');
