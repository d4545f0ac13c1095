import { jobNameSchema, runIdSchema, tenantSchema } from './common';
import { protocolKeys } from './keys';
import {
  creationOf,
  derivedRunId,
  encodeName,
  encodeTenant,
  jobOfQueue,
  queueOf,
  separateRunId,
  slotRunId,
  tenantRunId,
} from './names';
import { jobRegistrationSchema } from './jobs';
import { goldenNames, randomNames } from './testUtils';

jest.setTimeout(60_000);

const golden = goldenNames();
const SLOT = 1795482840000;
const ofToday = {
  jobs: ['daily-mrr-rollup', 'a', '7', 'x'.repeat(63), 'a-1-b'],
  tenants: ['acme', 'Acme.Inc_2', 'nordic-gym', '9', 'T'.repeat(100), 'a..b'],
};

describe('the golden cases', () => {
  it('[protocol.1] of encoded names, queues and run ids agree', () => {
    for (const { text, encoded } of golden.encodeName) {
      expect(encodeName(text)).toBe(encoded);
    }
    for (const { tenant, encoded } of golden.encodeTenant) {
      expect(encodeTenant(tenant)).toBe(encoded);
    }
    for (const { job, queue } of golden.queueOf) {
      expect(queueOf(job)).toBe(queue);
    }
    for (const { job, slot, runId } of golden.slotRunId) {
      expect(slotRunId(job, slot)).toBe(runId);
    }
    for (const { job, slot, tenant, runId } of golden.tenantRunId) {
      expect(tenantRunId(job, slot, tenant)).toBe(runId);
    }
    for (const given of golden.derivedRunId) {
      const { job, engineJobId, createdAt, runId } = given;
      expect(derivedRunId(job, engineJobId, createdAt)).toBe(runId);
    }
  });

  it('[protocol.1] of keys agree', () => {
    const keys = protocolKeys() as unknown as Record<
      string,
      (...given: Array<string | number>) => string
    >;
    for (const { key, arguments: given, value } of golden.protocolKeys) {
      expect(keys[key](...given)).toBe(value);
    }
  });

  it('[protocol.1] of names that are refused agree, and each refusal is a sentence', () => {
    for (const job of golden.refusedJobs) {
      const { error } = jobNameSchema.safeParse(job);
      expect(error?.issues[0].message).toMatch(/^a name of 1 to 200 of/);
    }
    for (const tenant of golden.refusedTenants) {
      const { error } = tenantSchema.safeParse(tenant);
      expect(error?.issues[0].message).toMatch(/^A tenant's id /);
    }
    for (const { job } of golden.queueOf) {
      expect(jobNameSchema.safeParse(job).success).toBe(true);
    }
    for (const { tenant } of golden.encodeTenant) {
      expect(tenantSchema.safeParse(tenant).success).toBe(true);
    }
  });
});

describe('names', () => {
  it('[protocol.1] that were allowed before keep their queue, keys and run ids', () => {
    const keys = protocolKeys('shop');
    for (const job of ofToday.jobs) {
      expect(queueOf(job)).toBe(job);
      for (const tenant of ofToday.tenants) {
        expect(tenantRunId(job, SLOT, tenant)).toBe(`${job}.${SLOT}.${tenant}`);
        expect(keys.slot(job, SLOT, tenant)).toBe(
          `shop:v1:slot:${job}:${SLOT}:${tenant}`,
        );
        expect(keys.webhookSlots(tenant, 'a:b')).toBe(
          `shop:v1:webhook-slots:${tenant}:a:b`,
        );
      }
    }
  });

  it('[protocol.1] of 10,000 jobs and tenants never share a queue, a key or a run, and each is valid where it stands', () => {
    const { jobs, tenants } = randomNames(10_000);
    expect(new Set(jobs).size).toBe(10_000);
    expect(new Set(tenants).size).toBe(10_000);
    const keys = protocolKeys();
    const made = {
      queues: jobs.map(queueOf),
      locks: jobs.map((job, i) => keys.tenantLock(job, tenants[i])),
      slots: jobs.map((job, i) => keys.slot(job, SLOT, tenants[i])),
      requests: jobs.map(keys.requests),
      webhookSlots: tenants.map(tenant => keys.webhookSlots(tenant, 'a:b')),
      runs: [
        ...jobs.map(job => slotRunId(job, SLOT)),
        ...jobs.map((job, i) => tenantRunId(job, SLOT, tenants[i])),
        ...tenants.map(tenant => tenantRunId('export', SLOT, tenant)),
        // an engine's job may have any id, also one that looks like another's
        ...tenants.map(id => derivedRunId('export', id, SLOT)),
        ...jobs.map(job => derivedRunId(job, '17', SLOT)),
        ...jobs.map(job => derivedRunId(job, '17', SLOT + 1)),
        ...jobs.map(job => separateRunId(slotRunId(job, SLOT), 'again-1')),
      ],
    };
    for (const list of Object.values(made)) {
      expect(new Set(list).size).toBe(list.length);
    }
    const unfit = {
      queues: made.queues.filter(queue => !/^[^:{}]{1,200}$/.test(queue)),
      // namespace, version, kind, job, slot, tenant
      slots: made.slots.filter(slot => !/^(:?[\w.~-]+){6}$/.test(slot)),
      runs: made.runs.filter(id => !runIdSchema.safeParse(id).success),
    };
    expect(unfit).toEqual({ queues: [], slots: [], runs: [] });
  });

  it('[protocol.1] of jobs come back from their queues', () => {
    const other = randomNames(10_000).jobs.filter(job => {
      const queue = queueOf(job);
      // a name that was cut cannot be read
      return !queue.includes('~~') && jobOfQueue(queue) !== job;
    });
    expect(other).toEqual([]);
    for (const foreign of ['a b', 'x~', '~41bc', 'a.b', '~7ea', '~~', 'å']) {
      expect(jobOfQueue(foreign)).toBeUndefined();
    }
  });

  it('[protocol.1] are checked in linear time, however long the text', () => {
    const begin = Date.now();
    for (const text of [' ', 'a', '.', 'Å', 'A\u030a', '\ud83c', '~']) {
      const long = text.repeat(1_000_000);
      jobNameSchema.safeParse(`a${long}!`);
      tenantSchema.safeParse(`${long}\u0000`);
      runIdSchema.safeParse(`a${long}!`);
    }
    expect(Date.now() - begin).toBeLessThan(2_000);
  });

  it('[protocol.1] let a registration be as wide as a platform has it', () => {
    const registration = jobRegistrationSchema.safeParse({
      v: 1,
      engine: 'bullmq',
      name: 'app.tasks:send_mail',
      queue: queueOf('app.tasks:send_mail'),
      tenants: ['auth0|123', 'Åre', 'a b', 'a@b', '<img src=x>'],
      registeredAt: '2026-11-24T01:14:00.000Z',
    });
    expect(registration.error).toBeUndefined();
  });
});

describe('the run of an engine’s job', () => {
  it('[protocol.1] is another one when the id is given again, and says when its job was created', () => {
    const first = derivedRunId('emails', 'daily-1', SLOT);
    const second = derivedRunId('emails', 'daily-1', SLOT + 60_000);
    expect(first).not.toBe(second);
    expect(creationOf('emails', 'daily-1', first)).toBe(SLOT);
    expect(creationOf('emails', 'daily-1', second)).toBe(SLOT + 60_000);
    expect(creationOf('emails', 'daily-1', 'my_run_1')).toBeUndefined();
    expect(creationOf('emails', 'run-1', 'run-1')).toBeUndefined();
  });

  it('[protocol.1] differs for ids that differ only in a character that is encoded', () => {
    const ids = ['a:b', 'a.b', 'a b', 'a/b', 'a~b', 'a~3Ab'];
    const runs = ids.map(id => derivedRunId('emails', id, SLOT));
    expect(new Set(runs).size).toBe(ids.length);
  });

  it('[protocol.1] is the slot’s where a scheduler made it', () => {
    const id = `repeat:${queueOf('a.b')}:${SLOT}`;
    expect(derivedRunId('a.b', id, 1)).toBe(slotRunId('a.b', SLOT));
    const other = `repeat:other:${SLOT}`;
    expect(derivedRunId('a.b', other, 1)).toBe(derivedRunId('a.b', other, 2));
    expect(creationOf('a.b', other, derivedRunId('a.b', other, 1))).toBe(
      undefined,
    );
  });
});
