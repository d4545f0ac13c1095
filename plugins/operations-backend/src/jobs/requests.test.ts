import { generateKeyPairSync } from 'node:crypto';
import { mockServices } from '@backstage/backend-test-utils';
import {
  runDetailSchema,
  type RunDetail,
} from '@craft-easy/backstage-plugin-operations-common/internal';
import type { AuditEntry } from '@craft-easy/backstage-plugin-operations-common';
import {
  signedCancelRequestSchema,
  signedRunRequestSchema,
} from '@craft-easy/backstage-plugin-operations-protocol/internal';
import type {
  RunRecordInput,
  SignedMessage,
} from '@craft-easy/backstage-plugin-operations-protocol';
import {
  KeyRing,
  verifyRequest,
} from '@craft-easy/backstage-plugin-operations-protocol/signing';
import type { OperationsRedis } from '@craft-easy/backstage-plugin-operations-node';
import {
  startPrivateRedis,
  type PrivateTestRedis,
} from '@craft-easy/backstage-plugin-operations-node/testUtils';
import request from 'supertest';
import { createTestDatabases } from '../__testUtils__/databases';
import { aRecord, aRegistration } from '../__testUtils__/records';
import { startOperations } from '../__testUtils__/startOperations';
import { connectTo, report, until } from '../platform/__testUtils__/redis';
import { createPlatform, type Platform } from '../platform/createPlatform';
import { RequestSigner } from '../platform/requests/RequestSigner';

jest.setTimeout(60_000);

const databases = createTestDatabases();
const ALVA = 'user:default/alva.admin';
/** Who asks in these tests. */
const ME = 'user:default/mock';

const { privateKey } = generateKeyPairSync('ed25519');
const keys = KeyRing.of(
  [
    {
      id: 'k1',
      privateKey: privateKey
        .export({ type: 'pkcs8', format: 'pem' })
        .toString(),
    },
  ],
  'keys',
);

describe.each(databases.eachSupportedId())('who asked for a run, on %s', id => {
  let server: PrivateTestRedis;
  let worker: OperationsRedis;
  let own: OperationsRedis;
  let operations: Awaited<ReturnType<typeof startOperations>>;
  let platform: Platform;
  const base = '/api/operations/v1';
  const reason = 'asked for by the customer';

  beforeAll(async () => {
    server = await startPrivateRedis();
    worker = connectTo(server);
    own = connectTo(server);
    const knex = await databases.init(id, 'jobs', 'audit');
    operations = await startOperations({
      knex,
      signer: new RequestSigner({ keys }),
      config: { operations: { actions: { perMinute: 20 } } },
    });
    const { registry, recorder } = operations.stores;
    platform = createPlatform({
      ...{ recorder, registry, redis: own, engines: [] },
      logger: mockServices.logger.mock(),
      signer: new RequestSigner({ keys }),
      onApplied: () => {},
      onChanged: () => {},
    });
    const registrations = [
      aRegistration({
        name: 'report',
        supportsDryRun: true,
        parametersSchema: { type: 'object' },
      }),
      aRegistration({ name: 'mrr-rollup', manualRun: false }),
    ].map(registration => ({ registration, seenAt: Date.now() }));
    await registry.syncRegistrations(registrations, Date.now());
    platform.start();
    await until(() => platform.health.available);
  });
  afterAll(async () => {
    await platform.stop();
    await operations.stop();
    own.close();
    worker.close();
    await server.close();
  });

  const post = async (path: string, body: object) => {
    const answer = await request(operations.server)
      .post(`${base}${path}`)
      .send(body);
    expect([answer.status, answer.body.error]).toEqual([202, undefined]);
    return answer.body.run as RunDetail;
  };
  const runOf = async (runId: string): Promise<RunDetail> => {
    const { body } = await request(operations.server).get(
      `${base}/runs/${runId}`,
    );
    return runDetailSchema.parse(body);
  };
  const trail = async (query = ''): Promise<AuditEntry[]> =>
    (await request(operations.server).get(`${base}/audit?limit=200&${query}`))
      .body.items;
  /** Writes a record as anybody may who can write to Redis; resolves when it is in the history. */
  const forge = async (given: Partial<RunRecordInput> & { id: string }) => {
    await report(worker, aRecord({ at: new Date().toISOString(), ...given }));
    await until(
      async () =>
        (await operations.knex('runs').where({ id: given.id })).length > 0,
    );
  };

  it('[protocol.3] is signed for the worker: who, what allowed it, for which job and run', async () => {
    const run = await post('/jobs/bullmq/report/runs', { reason });
    const message = operations.engine.queued.get(run.id) as SignedMessage;
    expect(Object.keys(message).sort()).toEqual(['jws', 'runId', 'v']);
    const verdict = verifyRequest(
      keys,
      message.jws,
      signedRunRequestSchema,
      Date.now(),
    );
    expect(verdict).toMatchObject({
      keyId: 'k1',
      claims: {
        type: 'run',
        job: 'bullmq/report',
        runId: run.id,
        actor: ME,
        permission: 'operations.job.run',
        triggeredBy: ME,
        trigger: 'manual',
        reason,
      },
    });
    const { iat, exp } = (verdict as { claims: { iat: number; exp: number } })
      .claims;
    expect(exp - iat).toBe(7 * 24 * 3600);

    await operations.stores.recorder.record([
      aRecord({ id: run.id, job: 'report', trigger: 'api', state: 'failed' }),
    ]);
    const again = await post(`/runs/${run.id}/retry`, { reason });
    const retry = operations.engine.queued.get(again.id) as SignedMessage;
    expect(
      verifyRequest(keys, retry.jws, signedRunRequestSchema, Date.now()),
    ).toMatchObject({
      claims: {
        type: 'retry',
        retryOf: run.id,
        permission: 'operations.job.retry',
      },
    });
  });

  it('[protocol.3] is signed for a cancellation too', async () => {
    await platform.cancelSignal.request(
      { runId: 'run-c', job: 'bullmq/report', reason },
      { actor: ME, permission: 'operations.job.cancel' },
    );
    const text = await worker.execute(client =>
      client.get(worker.keys.cancel('run-c')),
    );
    expect(
      verifyRequest(
        keys,
        JSON.parse(text!).jws,
        signedCancelRequestSchema,
        Date.now(),
      ),
    ).toMatchObject({
      claims: {
        type: 'cancel',
        job: 'bullmq/report',
        runId: 'run-c',
        requestedBy: ME,
        reason,
      },
    });
  });

  it("[protocol.3] is known from the portal's own note, whatever the platform's records say", async () => {
    const run = await post('/jobs/bullmq/report/runs', { reason });
    await forge({
      id: run.id,
      job: 'report',
      state: 'running',
      trigger: 'retry',
      triggeredBy: ALVA,
      reason: 'because Alva said so',
      cancelledBy: ALVA,
      signature: 'verified',
    });
    await until(async () => (await runOf(run.id)).status === 'running');
    const shown = await runOf(run.id);
    expect(shown).toMatchObject({
      trigger: 'manual',
      triggeredBy: ME,
      reason,
      signature: 'verified',
    });
    expect(JSON.stringify(shown)).not.toContain('alva');
  });

  it('[protocol.3] is what the run was asked to do, too: no record changes it, and a retry asks for the same', async () => {
    const run = await post('/jobs/bullmq/report/runs', {
      reason,
      dryRun: true,
      parameters: { month: '2026-10' },
    });
    await forge({
      id: run.id,
      job: 'report',
      state: 'failed',
      trigger: 'api',
      dryRun: false,
      tenant: 'acme',
      parameters: { wipe: 'everything' },
      retryOf: 'somebody-elses-run',
    });
    await until(async () => (await runOf(run.id)).status === 'failed');
    const shown = await runOf(run.id);
    expect(shown).toMatchObject({
      dryRun: true,
      parameters: { month: '2026-10' },
    });
    expect([shown.tenant, shown.retryOf]).toEqual([undefined, undefined]);

    const again = await post(`/runs/${run.id}/retry`, { reason });
    const { jws } = operations.engine.queued.get(again.id) as SignedMessage;
    expect(
      verifyRequest(keys, jws, signedRunRequestSchema, Date.now()),
    ).toMatchObject({
      claims: { dryRun: true, parameters: { month: '2026-10' } },
    });
  });

  it('[protocol.3] is of one job: a record that gives the run to another is left out, in history and trail', async () => {
    const run = await post('/jobs/bullmq/report/runs', { reason });
    await report(
      worker,
      aRecord({
        id: run.id,
        job: 'mrr-rollup',
        state: 'refused',
        attempt: 9,
        trigger: 'api',
        tenant: 'acme',
        parameters: { wipe: 'everything' },
        refusal: { rule: 'manual-run', message: 'not by hand' },
        at: new Date().toISOString(),
      }),
    );
    // what comes after it has been read
    await forge({ id: 'after-it', job: 'report' });
    expect(await runOf(run.id)).toMatchObject({
      status: 'queued',
      jobId: 'bullmq/report',
    });
    expect(JSON.stringify(await trail(`actor=${ME}`))).not.toContain('wipe');
  });

  it('[protocol.3] is in the trail with what the portal was asked for, where the worker refuses it', async () => {
    const run = await post('/jobs/bullmq/report/runs', {
      reason,
      parameters: { month: '2026-11' },
    });
    await forge({
      id: run.id,
      job: 'report',
      state: 'refused',
      trigger: 'api',
      tenant: 'acme',
      parameters: { wipe: 'everything' },
      refusal: { rule: 'parameters', message: 'month: unknown' },
    });
    await until(async () => (await runOf(run.id)).status === 'refused');
    const row = (await trail()).find(
      entry =>
        entry.outcome === 'refused' &&
        (entry.parameters as { runId?: string } | undefined)?.runId === run.id,
    );
    expect(row).toMatchObject({
      actor: ME,
      parameters: { parameters: { month: '2026-11' } },
    });
    expect(row!.tenant).toBeUndefined();
  });

  it('[protocol.3] is not proven to this portal by a signature that a record claims', async () => {
    await forge({ id: 'run-nobody', job: 'report', signature: 'verified' });
    expect((await runOf('run-nobody')).signature).toBe('unchecked');
  });

  it('[protocol.3] is known although a worker has reported the run before the portal recorded it', async () => {
    await operations.stores.requests.add({
      id: 'run-early',
      jobId: 'bullmq/report',
      trigger: 'manual',
      triggeredBy: ME,
      reason,
      retryOf: null,
      tenant: null,
      dryRun: false,
      detail: {},
      signed: true,
      requestedAt: new Date().toISOString(),
    });
    await forge({
      id: 'run-early',
      job: 'report',
      trigger: 'manual',
      triggeredBy: ALVA,
    });
    expect(await runOf('run-early')).toMatchObject({
      trigger: 'manual',
      triggeredBy: ME,
      reason,
    });
  });

  it('[protocol.3] is a claim where the portal was not asked', async () => {
    for (const runId of ['forged-1', 'run-forged']) {
      await forge({
        id: runId,
        job: 'mrr-rollup',
        trigger: 'manual',
        triggeredBy: ALVA,
        reason: 'because Alva said so',
        cancelledBy: ALVA,
        workerId: 'w7',
      });
      const {
        triggeredBy,
        trigger,
        reason: why,
        claims,
        cancelledBy,
      } = await runOf(runId);
      expect({ triggeredBy, trigger, why, cancelledBy }).toEqual({
        triggeredBy: 'worker:w7',
        trigger: 'api',
        why: undefined,
        cancelledBy: undefined,
      });
      expect(claims).toEqual({
        triggeredBy: ALVA,
        trigger: 'manual',
        reason: 'because Alva said so',
        cancelledBy: ALVA,
      });
    }
  });

  it('[protocol.3] is never written to the trail from a record: a forged refusal is the worker’s', async () => {
    await forge({
      id: 'forged-refusal',
      job: 'mrr-rollup',
      state: 'refused',
      trigger: 'manual',
      triggeredBy: ALVA,
      reason: 'because Alva said so',
      workerId: 'w7',
      refusal: { rule: 'manual-run', message: 'not by hand' },
    });
    const rows = await trail();
    const row = rows.find(
      entry =>
        (entry.parameters as { runId?: string } | undefined)?.runId ===
        'forged-refusal',
    );
    expect(row).toMatchObject({
      actor: 'worker:w7',
      action: 'job.run',
      outcome: 'refused',
      error:
        "not by hand (The run claims to be user:default/alva.admin's; nothing proves it.)",
      parameters: {
        claims: { triggeredBy: ALVA, reason: 'because Alva said so' },
      },
    });
    expect(row!.reason).toBeUndefined();
    expect(rows.filter(entry => entry.actor === ALVA)).toEqual([]);
  });

  it('[protocol.3] fills the trail no faster than people may: a flood of forged refusals stands in the history alone, and that is said once', async () => {
    const ids = Array.from({ length: 60 }, (_, i) => `flood-${i}`);
    await Promise.all(
      ids.map(runId =>
        report(
          worker,
          aRecord({
            id: runId,
            job: 'mrr-rollup',
            state: 'refused',
            trigger: 'manual',
            triggeredBy: ALVA,
            at: new Date().toISOString(),
          }),
        ),
      ),
    );
    await until(async () => {
      const there = await operations.knex('runs').whereIn('id', ids);
      return there.length === ids.length;
    });
    const rows = await trail();
    const refused = rows.filter(row => row.actor.startsWith('worker:'));
    expect(refused.length).toBeLessThanOrEqual(20);
    expect(refused.length).toBeGreaterThan(10);
    const notices = rows.filter(row => row.action === 'audit.limit');
    expect(notices).toHaveLength(1);
    expect(notices[0]).toMatchObject({ actor: 'service:operations' });
  });

  it('lists the public keys for the configuration of workers', async () => {
    const { body } = await request(operations.server).get(
      `${base}/request-keys`,
    );
    expect(body.items).toEqual([
      {
        id: 'k1',
        algorithm: 'Ed25519',
        publicKey: expect.stringContaining('BEGIN PUBLIC KEY'),
        signs: true,
      },
    ]);
  });
});
