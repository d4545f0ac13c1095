import { hostname } from 'node:os';
import { parseJson } from '@craft-easy/backstage-plugin-operations-protocol/internal';
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

/** Dead workers are removed after a week, by whichever worker starts next. */
const REMOVE_WORKERS_AFTER_MS = 7 * 24 * 3600 * 1000;

/** @internal */
export interface AnnouncerOptions {
  runtime: WorkerRuntime;
  jobs: JobDefinition[];
  /** Called when Redis has lost our registrations. */
  onRegistryLost: () => Promise<void>;
  /** Called with every beat, to renew what else has a limited life. */
  onBeat: () => Promise<void>;
}

/** Writes the registrations of this worker's jobs, and its heartbeat. */
export class Announcer {
  private readonly startedAt = new Date().toISOString();
  private timer: NodeJS.Timeout | undefined;
  private beating: Promise<void> | undefined;
  private failing = false;

  constructor(private readonly options: AnnouncerOptions) {}

  /** Writes the registrations that are new or changed, and publishes the change. */
  async register(): Promise<void> {
    const { runtime, jobs } = this.options;
    const { client, keys } = runtime;
    if (jobs.length === 0) {
      return;
    }
    const tenants = await runtime.tenants();
    const ids = jobs.map(job => jobId(job.registration));
    const known = await client.hmget(keys.registry, ...ids);
    const registeredAt = new Date().toISOString();
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

  /** Beats now and from now on. */
  async start(): Promise<void> {
    const { client, keys } = this.options.runtime;
    await client.zremrangebyscore(
      keys.workers,
      '-inf',
      Date.now() - REMOVE_WORKERS_AFTER_MS,
    );
    await this.beat();
    this.timer = setInterval(() => {
      this.beatUnlessBusy();
    }, HEARTBEAT_INTERVAL_MS);
  }

  /** Stops beating and removes the worker's record, so that none of its runs counts as lost. */
  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.beating;
    const { client, keys, id } = this.options.runtime;
    await executeAll(
      client.pipeline().del(keys.worker(id)).zrem(keys.workers, id),
    );
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
    const { runtime, jobs, onRegistryLost, onBeat } = this.options;
    const { client, keys, id } = runtime;
    const now = Date.now();
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
      ids.forEach(job => pipeline.hexists(keys.registry, job));
    }
    const answers = await executeAll(pipeline);
    await onBeat();
    if (ids.length > 0 && answers.slice(3).some(exists => exists === 0)) {
      await onRegistryLost();
    }
  }

  private record(): WorkerRecord {
    const { runtime, jobs } = this.options;
    return {
      v: 1,
      id: runtime.id,
      host: hostname(),
      pid: process.pid,
      startedAt: this.startedAt,
      jobs: jobs.map(job => jobId(job.registration)),
      running: [...runtime.running.keys()].slice(0, 10_000),
      sdk: SDK_INFO,
    };
  }
}

function isSameRegistration(
  known: string | null,
  registration: JobRegistration,
): boolean {
  // One that cannot be read is written again.
  const { registeredAt } = (parseJson(known ?? '') ?? {}) as {
    registeredAt?: string;
  };
  return known === JSON.stringify({ ...registration, registeredAt });
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
