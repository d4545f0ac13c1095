import type { Server } from 'node:http';
import { mockCredentials } from '@backstage/backend-test-utils';
import { until } from '@craft-easy/backstage-plugin-operations-node/testUtils';
import type { Job, Seed } from './expectations';
import { apiAs, apiOf } from './api';
import { TENANTS } from './startPortal';

/** A worker is announced and a run is recorded in a second or two, unless the machine is busy. */
const PATIENCE = { withinMs: 30_000, everyMs: 50 };
const JOBS: Job[] = ['ledger', 'letters'];
const reason = 'something to look at';

/**
 * Ended runs of both jobs for both tenants; failed webhooks, a bulk replay and a suppression of
 * each tenant.
 */
export async function seedPortal(server: Server): Promise<Seed> {
  const admin = apiAs(server, 'user:default/ada.admin');
  const tenants = Object.values(TENANTS);
  const seed: Seed = {
    runs: { ledger: {}, letters: {} },
    failures: {},
    replays: {},
    suppressions: {},
  };
  for (const job of JOBS) {
    await until(
      async () => (await admin.get(`/jobs/bullmq/${job}`)).ok,
      PATIENCE,
    );
    for (const tenant of tenants) {
      const { body } = await admin
        .post(`/jobs/bullmq/${job}/runs`, { reason, tenant })
        .expect(202);
      seed.runs[job][tenant] = body.run.id;
      const statusOf = async () =>
        (await admin.get(`/runs/${body.run.id}`)).body.status;
      await until(async () => (await statusOf()) === 'succeeded', {
        ...PATIENCE,
        seen: statusOf,
      });
    }
  }
  const failures = tenants.flatMap(tenant =>
    ['one', 'bulk'].map(name => aFailure(tenant, `${name}-${tenant}`)),
  );
  await apiOf(server, mockCredentials.service.header())
    .post('/webhook-failures/reports', { failures })
    .expect(200);
  const { body: page } = await admin.get('/webhook-failures').expect(200);
  const idOf = (webhookId: string) =>
    page.items.find((f: { webhookId: string }) => f.webhookId === webhookId).id;
  for (const tenant of tenants) {
    seed.failures[tenant] = idOf(`one-${tenant}`);
    const bulk = await admin
      .post('/webhook-failures/bulk', {
        action: 'replay',
        selection: { ids: [idOf(`bulk-${tenant}`)] },
        expected: 1,
        reason,
      })
      .expect(202);
    seed.replays[tenant] = bulk.body.replay.id;
    const suppressed = await admin
      .post('/webhook-suppressions', {
        tenant,
        reason,
        eventType: 'nothing.like.it',
        until: new Date(Date.now() + 3_600_000).toISOString(),
      })
      .expect(200);
    seed.suppressions[tenant] = suppressed.body.suppression.id;
  }
  return seed;
}

function aFailure(tenant: string, webhookId: string) {
  const now = Date.now();
  return {
    tenant,
    webhookId,
    endpoint: 'main',
    eventType: 'order.paid',
    createdAt: new Date(now - 60_000).toISOString(),
    attempts: [
      {
        n: 1,
        at: new Date(now - 1000).toISOString(),
        durationMs: 30_000,
        error: { class: 'timeout', code: 'TIMEOUT', message: 'too slow' },
      },
    ],
    payload: { contentType: 'application/json', size: 2, text: '{}' },
  };
}
