/* eslint-disable jest/no-export -- a suite that others run, not a test file */
import { ServiceUnavailableError } from '@backstage/errors';
import { jobRegistrationSchema } from '@craft-easy/backstage-plugin-operations-protocol/internal';
import type {
  JobRegistration,
  JobRegistrationInput,
} from '@craft-easy/backstage-plugin-operations-protocol';
import { faultOfEngine } from '../jobs/faultOfEngine';
import type {
  CarryingEngine,
  JobEngine,
  QueuedRequest,
} from '../jobs/JobEngine';
import { startPrivateRedis, type PrivateTestRedis } from './testRedis';

/** A request that a worker has taken. @public */
export interface TakenRun {
  runId: string;
  request: Record<string, unknown>;
  /** The worker is done with it. */
  finish(): Promise<void>;
}

/** An engine under test, and the worker's side of it. @public */
export interface EngineHarness {
  engine: JobEngine;
  /**
   * What a worker of the job would get next; `undefined` if there is nothing. Needed where the
   * engine declares `run` or `retry`.
   */
  take?(job: JobRegistration): Promise<TakenRun | undefined>;
  close(): Promise<void>;
}

/** A registration, but for what is given. @public */
export function aRegistration(
  given: Pick<JobRegistrationInput, 'engine' | 'name'> &
    Partial<JobRegistrationInput>,
): JobRegistration {
  return jobRegistrationSchema.parse({
    v: 1,
    queue: given.name,
    registeredAt: new Date().toISOString(),
    ...given,
  });
}

/**
 * What a `JobEngine` owes its callers, by the abilities that it declares; run it for each, against
 * a real Redis.
 *
 * @param abilities - what the engine shall declare
 * @public
 */
export function describeJobEngine(
  name: JobRegistrationInput['engine'],
  abilities: JobEngine['abilities'],
  open: (redis: PrivateTestRedis) => EngineHarness,
) {
  jest.setTimeout(60_000);
  const carries = abilities.run.able || abilities.retry.able;

  describe(`the job engine ${name}`, () => {
    let redis: PrivateTestRedis;
    let harness: EngineHarness;

    beforeAll(async () => {
      redis = await startPrivateRedis();
      harness = open(redis);
    });
    afterAll(async () => {
      await harness.close();
      await redis.close();
    });

    it('is called by its name', () => {
      expect(harness.engine.name).toBe(name);
    });

    it('declares what it can, says why it cannot do the rest, and has the methods for it', () => {
      expect(harness.engine.abilities).toEqual(abilities);
      expect(faultOfEngine(harness.engine)).toBeUndefined();
    });

    it('ends its watch of foreign queues when it is asked to, where it watches', async () => {
      const stopping = new AbortController();
      const ignore = async () => {};
      const watch = harness.engine.observe?.(
        { onJobs: ignore, onRuns: ignore, findRuns: async () => [] },
        stopping.signal,
      );
      stopping.abort();
      await expect(watch ?? Promise.resolve()).resolves.toBeUndefined();
    });

    if (carries) {
      describeCarrying(name, abilities, () => ({
        redis,
        engine: harness.engine as CarryingEngine,
        take: harness.take!.bind(harness),
      }));
    } else {
      it('starts nothing', () => {
        expect(harness.engine.enqueue).toBeUndefined();
      });
    }
  });
}

/** What an engine owes that brings requests to workers. */
function describeCarrying(
  name: string,
  abilities: JobEngine['abilities'],
  opened: () => {
    redis: PrivateTestRedis;
    engine: CarryingEngine;
    take(job: JobRegistration): Promise<TakenRun | undefined>;
  },
) {
  describe('as one that carries requests', () => {
    let redis: PrivateTestRedis;
    let engine: CarryingEngine;
    let harness: ReturnType<typeof opened>;
    let count = 0;
    let job: JobRegistration;
    const request = (runId: string) => ({
      v: 1 as const,
      runId,
      trigger: 'manual' as const,
      tenant: 'acme',
      parameters: { month: '2026-10' },
    });

    beforeAll(() => {
      harness = opened();
      ({ redis, engine } = harness);
    });
    beforeEach(() => {
      count += 1;
      job = aRegistration({ engine: name, name: `job-${count}` });
    });

    it('brings a request to a worker, whole', async () => {
      const { engineJobId } = await engine.enqueue(job, request('r1'));
      const taken = await harness.take(job);
      expect(taken?.request).toEqual(request('r1'));
      const found = await engine.locate(job, { runId: 'r1', engineJobId });
      expect(found).toBe('active');
    });

    it('brings a signed request as it was signed, and checks neither who signed it nor when', async () => {
      const signed = signedBy('nobody', { runId: 'signed', exp: 1 });
      const { engineJobId } = await engine.enqueue(job, signed);
      const again = signedBy('somebody', { runId: 'signed', exp: 2 });
      expect(await engine.enqueue(job, again)).toEqual({ engineJobId });
      const run = { runId: 'signed', engineJobId };
      expect(await engine.locate(job, run)).toBe('queued');
      const taken = await harness.take(job);
      expect(taken?.runId).toBe('signed');
      expect(taken?.request).toEqual(signed);
      expect(await harness.take(job)).toBeUndefined();
    });

    it('brings it once, however often it is requested, even when it has ended', async () => {
      const first = await engine.enqueue(job, request('twice'));
      expect(await engine.enqueue(job, request('twice'))).toEqual(first);
      const taken = await harness.take(job);
      expect(await harness.take(job)).toBeUndefined();
      await taken!.finish();
      expect(await engine.enqueue(job, request('twice'))).toEqual(first);
      expect(await harness.take(job)).toBeUndefined();
    });

    it('knows where a run is, from queue to end', async () => {
      const run = { runId: 'located' };
      expect(await engine.locate(job, run)).toBe('unknown');
      await engine.enqueue(job, request('located'));
      expect(await engine.locate(job, run)).toBe('queued');
      const taken = await harness.take(job);
      expect(await engine.locate(job, run)).toBe('active');
      await taken!.finish();
      expect(await engine.locate(job, run)).toBe('ended');
    });

    if (abilities.cancel.able) {
      it('takes a queued run back, for good', async () => {
        await engine.enqueue(job, request('back'));
        expect(await engine.removeQueued(job, { runId: 'back' })).toBe(
          'removed',
        );
        expect(await engine.locate(job, { runId: 'back' })).toBe('unknown');
        expect(await harness.take(job)).toBeUndefined();
        expect(await engine.removeQueued(job, { runId: 'back' })).toBe(
          'unknown',
        );
      });

      it('does not take back what a worker has, or has had', async () => {
        await engine.enqueue(job, request('mine'));
        const taken = await harness.take(job);
        expect(await engine.removeQueued(job, { runId: 'mine' })).toBe(
          'started',
        );
        await taken!.finish();
        expect(await engine.removeQueued(job, { runId: 'mine' })).not.toBe(
          'removed',
        );
      });

      it('gives each run either to the worker or back, when both want it at once', async () => {
        const ids = Array.from({ length: 40 }, (_, i) => `race-${i}`);
        for (const id of ids) await engine.enqueue(job, request(id));
        const [taken, removed] = await Promise.all([
          (async () => {
            const got: string[] = [];
            for (let i = 0; i < ids.length; i++) {
              const next = await harness.take(job);
              if (next) got.push(next.runId);
            }
            return got;
          })(),
          Promise.all(
            [...ids].reverse().map(async runId => ({
              runId,
              outcome: await engine.removeQueued(job, { runId }),
            })),
          ),
        ]);
        const back = removed
          .filter(({ outcome }) => outcome === 'removed')
          .map(({ runId }) => runId);
        for (let last = await harness.take(job); last; ) {
          taken.push(last.runId);
          last = await harness.take(job);
        }
        expect([...taken, ...back].sort()).toEqual([...ids].sort());
      });
    }

    it('measures its queues: what waits, since when, and what is under way', async () => {
      const idle = aRegistration({ engine: name, name: `idle-${count}` });
      for (const id of ['m1', 'm2', 'm3']) {
        await engine.enqueue(job, request(id));
      }
      await harness.take(job);
      const [busy, empty] = await engine.getQueues([job, idle]);
      expect(busy).toMatchObject({
        engine: name,
        queue: job.queue,
        jobId: `${name}/${job.name}`,
        waiting: 2,
        active: 1,
        delayed: 0,
      });
      expect(busy.oldestWaitMs).toBeGreaterThanOrEqual(0);
      expect(busy.oldestWaitMs).toBeLessThan(10_000);
      expect(empty).toMatchObject({ waiting: 0, active: 0, delayed: 0 });
      expect(empty.oldestWaitMs).toBeUndefined();
      expect(await engine.getQueues([])).toEqual([]);
    });

    it('says within about a second that Redis is away, having changed nothing', async () => {
      await engine.enqueue(job, request('before'));
      await redis.stop();
      const run = { runId: 'during' };
      for (const attempt of [
        () => engine.enqueue(job, request('during')),
        ...(abilities.cancel.able
          ? [() => engine.removeQueued(job, { runId: 'before' })]
          : []),
        () => engine.locate(job, run),
        () => engine.getQueues([job]),
      ]) {
        const begin = Date.now();
        await expect(attempt()).rejects.toBeInstanceOf(ServiceUnavailableError);
        expect(Date.now() - begin).toBeLessThan(1500);
      }
      await redis.start();
      await available(engine, job);
      expect(await engine.locate(job, run)).toBe('unknown');
      expect(await engine.locate(job, { runId: 'before' })).toBe('queued');
      await engine.enqueue(job, request('after'));
      expect(await engine.locate(job, { runId: 'after' })).toBe('queued');
    });
  });
}

/** What is put on a queue where a portal signs. No worker would believe this signature. */
function signedBy(
  kid: string,
  payload: { runId: string; exp: number },
): QueuedRequest {
  const header = { alg: 'EdDSA', kid, typ: 'operations-request' };
  const jws = [JSON.stringify(header), JSON.stringify(payload), kid]
    .map(part => Buffer.from(part).toString('base64url'))
    .join('.');
  return { v: 1, runId: payload.runId, jws };
}

/** Until the engine has its connection back. */
async function available(engine: CarryingEngine, job: JobRegistration) {
  for (;;) {
    try {
      await engine.getQueues([job]);
      return;
    } catch (error) {
      if (!(error instanceof ServiceUnavailableError)) throw error;
      await new Promise(resolve => setTimeout(resolve, 20));
    }
  }
}
