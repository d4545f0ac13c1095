import { randomUUID } from 'node:crypto';
import type { PolicyDecision } from '@backstage/plugin-permission-common';
import {
  jobReadPermission,
  jobRetryPermission,
} from '@craft-easy/backstage-plugin-operations-common';
import {
  getTestRedis,
  type TestRedis,
} from '@craft-easy/backstage-plugin-operations-node/testUtils';
import type { Knex } from 'knex';
import { createTestDatabases } from '../__testUtils__/databases';
import { aRegistration, ended } from '../__testUtils__/records';
import { ALLOW } from '../__testUtils__/startOperations';
import { startPortal, type TestPortal } from '../__testUtils__/startPortal';
import { DatabaseRunRecorder } from '../jobs/recorder/DatabaseRunRecorder';
import { DatabaseJobRegistry } from '../jobs/registry/DatabaseJobRegistry';
import {
  createOperationsConditionalDecision,
  operationsConditions,
} from '../permissions/jobRules';
import { aCatalog } from './__testUtils__/catalog';
import { ApprovalStore } from './ApprovalStore';

jest.setTimeout(120_000);

const databases = createTestDatabases();
const OWNER = 'user:default/jonas';
const OF_ACME = 'user:default/maria';
const MINE = 'group:default/finance';

/** What a person may do: by permission, under conditions; all else they may. */
const CONDITIONS: Record<string, Record<string, PolicyDecision>> = {
  [OWNER]: {
    'operations.job.retry': createOperationsConditionalDecision(
      jobRetryPermission,
      operationsConditions.isJobOwner({ owners: [MINE] }),
    ),
  },
  [OF_ACME]: {
    'operations.job.read': createOperationsConditionalDecision(
      jobReadPermission,
      operationsConditions.hasTenant({ tenants: ['acme'] }),
    ),
  },
};

describe.each(databases.eachSupportedId())('a request, on %s', id => {
  let redis: TestRedis;
  let knex: Knex;
  let portal: TestPortal;

  /** Anna asks to retry a run. */
  async function ask(run: string, more: { tenant?: string } = {}) {
    const approval = {
      id: randomUUID(),
      action: 'job.retry',
      target: `run:${run}`,
      tenant: undefined,
      reason: 'The month has to be booked',
      parameters: undefined,
      before: undefined,
      rule: undefined,
      jobId: `bullmq/${run}`,
      requestedBy: 'user:default/anna',
      requestedAt: Date.now(),
      expiresAt: Date.now() + 3_600_000,
      onBehalfOf: undefined,
      person: 'user:default/anna',
      request: JSON.stringify({
        endpoint: 'POST /runs/:id/retry',
        params: { id: run },
        query: {},
        body: { reason: 'The month has to be booked' },
      }),
      snapshot: JSON.stringify({ ownership: [], decisions: {} }),
      ...more,
    };
    await new ApprovalStore(knex).insert(approval, knex);
    return approval;
  }

  beforeAll(async () => {
    redis = await getTestRedis();
    knex = await databases.init(id);
    const jobs = [
      aRegistration({ name: 'own', owner: MINE }),
      aRegistration({ name: 'foreign', owner: 'group:default/sales' }),
    ];
    await new DatabaseJobRegistry(knex).syncRegistrations(
      jobs.map(registration => ({ registration, seenAt: Date.now() })),
      Date.now(),
    );
    await new DatabaseRunRecorder(knex).record(
      jobs.map(({ name }) =>
        ended({
          ...{ id: name, job: name, state: 'failed' },
          startedAt: new Date().toISOString(),
        }),
      ),
    );
    portal = await startPortal({
      ...{ redis, knex },
      features: aCatalog().features,
      policy: (permission, user) =>
        CONDITIONS[user!]?.[permission.name] ?? ALLOW,
    });
  });
  afterAll(async () => {
    await portal?.stop();
    await redis?.close();
  });
  afterEach(() => knex('approvals').delete());

  const refusalOf = (error: { cause: Error }) => error.cause.message;

  it('[truth.11] offers the decision to whoever may do it for this job, and to nobody else, as the decision itself finds', async () => {
    const client = portal.client(OWNER);
    const [own, foreign, gone] = [
      await ask('own'),
      await ask('foreign'),
      await ask('gone'),
    ];
    const { items } = await client.call('GET /approvals');
    const offered = new Map(items.map(item => [item.id, item.actions.approve]));
    expect(offered.get(own.id)).toEqual({ allowed: true });
    for (const { id: approval } of [foreign, gone]) {
      const said = await client
        .call('POST /approvals/:id/approve', {
          params: { id: approval },
          body: { reason: 'Seen and discussed' },
          idempotencyKey: approval,
        })
        .then(() => 'approved', refusalOf);
      expect(offered.get(approval)).toMatchObject({
        allowed: false,
        reason: said,
      });
    }
    expect(offered.get(foreign.id)!.reason).toBe(
      'You do not have the permission operations.job.retry for this',
    );
  });

  it('[truth.11] offers it also where it is about a tenant', async () => {
    await ask('own', { tenant: 'acme' });
    const { items } = await portal.client(OWNER).call('GET /approvals');
    expect(items[0].actions.approve).toEqual({ allowed: true });
  });

  it('[truth.11] needs the attention of those who see it in the list, and of nobody else', async () => {
    const asked = [
      await ask('own', { tenant: 'acme' }),
      await ask('foreign', { tenant: 'globex' }),
      await ask('foreign'),
    ].map(approval => approval.id);
    await portal.look();
    const seen: Record<string, string[][]> = {};
    for (const user of [OF_ACME, OWNER]) {
      const client = portal.client(user);
      const { items } = await client.call('GET /approvals');
      const attention = await client.call('GET /attention');
      seen[user] = [
        items.map(item => item.id),
        attention.items
          .filter(item => item.source === 'approvals')
          .map(item => item.subject.ref),
      ].map(ids => ids.sort());
    }
    const all = [...asked].sort();
    expect(seen).toEqual({
      [OF_ACME]: [[asked[0]], [asked[0]]],
      [OWNER]: [all, all],
    });
  });
});
