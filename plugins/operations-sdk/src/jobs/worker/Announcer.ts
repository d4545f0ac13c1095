import { hostname } from 'node:os';
import {
  canonicalDeclaration,
  parseJson,
  workerRecordSchema,
} from '@craft-easy/backstage-plugin-operations-protocol/internal';
import {
  HEARTBEAT_INTERVAL_MS,
  jobId,
  WORKER_TTL_MS,
  type JobRegistration,
  type WorkerRecord,
} from '@craft-easy/backstage-plugin-operations-protocol';
import type { JobDefinition } from '../declare/types';
import { SDK_INFO } from '../sdkInfo';
import type { WorkerRuntime } from '../runtime';
import type { Declarations } from './Declarations';

/** Dead workers are removed after a week, by whichever worker starts next. */
const REMOVE_WORKERS_AFTER_MS = 7 * 24 * 3600 * 1000;

/** Looks at Redis' time before the first use of it; the quickest answer counts. */
const FIRST_MEASUREMENTS = 3;

/** @internal */
export interface AnnouncerOptions {
  runtime: WorkerRuntime;
  jobs: JobDefinition[];
  declarations: Declarations;
  /** Why this worker takes no job at present, if so. */
  heldBecause: () => string | undefined;
  /** Called when Redis has lost our registrations, or other declarations are in force now. */
  onChange: (jobs: JobDefinition[]) => Promise<void>;
  /** Called with every beat, to renew what else has a limited life. */
  onBeat: () => Promise<void>;
}

/** Writes the registrations of this worker's jobs, and its heartbeat. */
export class Announcer {
  private startedAt = '';
  private timer: NodeJS.Timeout | undefined;
  private beating: Promise<void> | undefined;
  private failing = false;

  constructor(private readonly options: AnnouncerOptions) {}

  /** Writes the registrations of jobs that are new or changed, and publishes the change. */
  async register(jobs: JobDefinition[]): Promise<void> {
    const { runtime } = this.options;
    const { client, keys } = runtime;
    if (jobs.length === 0) {
      return;
    }
    const tenants = await runtime.tenants();
    const ids = jobs.map(job => jobId(job.registration));
    const known = await client.hmget(keys.registry, ...ids);
    const registeredAt = new Date(runtime.clock.now()).toISOString();
    const changes = client.pipeline();
    jobs.forEach((job, i) => {
      const registration: JobRegistration = {
        ...job.registration,
        tenants: job.tenantScoped ? tenants : [],
        registeredAt,
      };
      if (!isSameRegistration(known[i], registration)) {
        changes.hset(keys.registry, ids[i], JSON.stringify(registration));
        changes.publish(
          keys.changesChannel,
          JSON.stringify({ changed: 'registry', id: ids[i] }),
        );
      }
    });
    await executeAll(changes);
  }

  /** Learns the time, announces the declarations, and looks which of them are in force. */
  async prepare(): Promise<void> {
    const { declarations, runtime } = this.options;
    const { client, clock, keys } = runtime;
    for (let i = 0; i < FIRST_MEASUREMENTS; i++) {
      await clock.measure(client, keys.workers);
    }
    this.startedAt = new Date(clock.now()).toISOString();
    await client.zremrangebyscore(
      keys.workers,
      '-inf',
      clock.now() - REMOVE_WORKERS_AFTER_MS,
    );
    await declarations.removeOld();
    await declarations.publish();
    await declarations.look();
  }

  /** Beats now and from now on. */
  async start(): Promise<void> {
    await this.beat();
    this.timer = setInterval(() => {
      this.beatUnlessBusy();
    }, HEARTBEAT_INTERVAL_MS);
  }

  /** Stops beating and removes the worker's record, so that none of its runs counts as lost. */
  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.beating;
    const { declarations, runtime } = this.options;
    const { client, keys, id } = runtime;
    await executeAll(
      client.pipeline().del(keys.worker(id)).zrem(keys.workers, id),
    );
    await declarations.leave(await this.liveWorkers());
  }

  async liveWorkers(): Promise<WorkerRecord[]> {
    const { client, keys } = this.options.runtime;
    const ids = await client.zrange(keys.workers, 0, -1);
    if (ids.length === 0) return [];
    const texts = await client.mget(ids.map(keys.worker));
    return texts.flatMap(text => {
      const { data } = workerRecordSchema.safeParse(parseJson(text ?? ''));
      return data ? [data] : [];
    });
  }

  private beatUnlessBusy(): void {
    if (this.beating) {
      return;
    }
    const { logger } = this.options.runtime;
    this.beating = this.beat()
      .then(
        () => {
          if (this.failing) {
            logger.info('heartbeat: Redis is back');
          }
          this.failing = false;
        },
        error => {
          if (!this.failing) {
            logger.warn(`heartbeat: ${error.message}`);
          }
          this.failing = true;
        },
      )
      .finally(() => {
        this.beating = undefined;
      });
  }

  private async beat(): Promise<void> {
    const { runtime, jobs, declarations, onChange, onBeat } = this.options;
    const { client, clock, keys, id } = runtime;
    await clock.measure(client, keys.workers);
    const now = clock.now();
    const pipeline = client.pipeline();
    pipeline.set(
      keys.worker(id),
      JSON.stringify(this.record()),
      'PX',
      WORKER_TTL_MS,
    );
    pipeline.zadd(keys.workers, now, id);
    const ids = jobs.map(job => jobId(job.registration));
    if (ids.length > 0) {
      pipeline.zadd(keys.registrySeen, ...ids.flatMap(job => [now, job]));
      declarations.addBeat(pipeline);
      ids.forEach(job => pipeline.hexists(keys.registry, job));
    }
    const answers = await executeAll(pipeline);
    // the worker is not in the list any more in which it was: Redis was emptied
    if (answers[1] === 1) runtime.reporter.reportAgain();
    await onBeat();
    if (ids.length === 0) return;
    const lost = answers.slice(4).some(exists => exists === 0);
    if (lost) await declarations.publish();
    const changed = await declarations.look();
    if (lost || changed.length > 0) await onChange(lost ? jobs : changed);
  }

  private record(): WorkerRecord {
    const { runtime, jobs, declarations, heldBecause } = this.options;
    return {
      v: 1,
      id: runtime.id,
      host: hostname(),
      pid: process.pid,
      startedAt: this.startedAt,
      jobs: jobs.map(job => jobId(job.registration)),
      running: [...runtime.running.keys()].slice(0, 10_000),
      declarations: declarations.digests,
      clockSkewMs: runtime.clock.skewMs,
      heldBecause: heldBecause()?.slice(0, 500),
      sdk: SDK_INFO,
    };
  }
}

/**
 * Whether what is registered says the same; who wrote it, with which version of this library, does
 * not matter.
 */
function isSameRegistration(
  known: string | null,
  registration: JobRegistration,
): boolean {
  const before = parseJson(known ?? '') as JobRegistration | undefined;
  // One that cannot be read is written again.
  if (typeof before !== 'object' || before === null) return false;
  const { registeredAt } = before;
  return (
    known === JSON.stringify({ ...registration, registeredAt }) ||
    canonicalDeclaration(before) === canonicalDeclaration(registration)
  );
}

/** Executes a pipeline; throws the first error of any of its commands. */
async function executeAll(pipeline: {
  exec(): Promise<Array<[Error | null, unknown]> | null>;
}): Promise<unknown[]> {
  const answers = (await pipeline.exec()) ?? [];
  return answers.map(([error, answer]) => {
    if (error) {
      throw error;
    }
    return answer;
  });
}
