import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { Queue } from 'bullmq';
import { createTextRedactor } from '@craft-easy/backstage-plugin-operations-protocol/internal';
import {
  protocolKeys,
  queuePrefixOf,
} from '@craft-easy/backstage-plugin-operations-protocol';
import { ScheduleSafeWorker, SharedBackends } from '../../bullmqInternals';
import {
  closeConnection,
  layoutOf,
  openConnection,
  type ConnectionInput,
} from '../../redis/connection';
import type { JobDefinition } from '../declare/types';
import { Cancellations } from '../run/Cancellations';
import { RunReporter } from '../run/RunReporter';
import type { ExecutingRun, WorkerRuntime } from '../runtime';
import { ensureScheduler } from '../schedule/schedulers';
import { Announcer } from './Announcer';
import { JobRetention } from './JobRetention';
import { JobRunner } from './JobRunner';
import { stderrLogger, type WorkerLogger } from './logger';
import { TenantLocks } from './TenantLocks';

/** @public */
export interface StartWorkerOptions {
  jobs: JobDefinition[];
  connection: ConnectionInput;
  /**
   * The platform's tenants. A scheduled run of a tenant-scoped job fans out to them, and a run may
   * name only one of them.
   */
  tenants?: string[] | (() => string[] | Promise<string[]>);
  /** Of the protocol's keys; default `operations`. */
  namespace?: string;
  /** Of BullMQ's keys; default `bull`. */
  queuePrefix?: string;
  /**
   * Streams over which the records of runs are spread; the same as in the portal's configuration.
   * Default: 1, and 16 on a Redis Cluster.
   */
  runStreams?: number;
  /** Default: host, process id and a random part. */
  id?: string;
  /** Default: warnings and errors to stderr. */
  logger?: WorkerLogger;
  /** How long BullMQ trusts a worker that does not renew its lock. Default 30 s. */
  lockDurationMs?: number;
  /** How often BullMQ looks for jobs of dead workers. Default 30 s. */
  stalledIntervalMs?: number;
  /**
   * Jobs that BullMQ keeps per queue after their end; the history of runs is in the portal. Default
   * 1,000 of each; of completed ones each process may leave up to a fiftieth more.
   */
  keepJobs?: { completed?: number; failed?: number };
  /**
   * Whether a tenant's runs are held, that is stay queued until it answers false. Pass
   * `isTenantHeld` of `Maintenance` in `@craft-easy/operations-sdk/maintenance`.
   */
  isTenantHeld?: (tenant: string) => boolean;
  /**
   * Regular expressions of secrets, besides the usual ones (passwords, tokens, keys). What they
   * match in logs and errors does not leave the process.
   */
  redact?: string[];
}

/** A started worker process. @public */
export interface WorkerHandle {
  readonly id: string;
  /**
   * Resolves when the jobs are registered, their schedules are set, and runs are being started;
   * rejects where the worker cannot start.
   */
  readonly ready: Promise<void>;
  /**
   * Starts no more runs, waits for those in progress, reports everything, and closes connections.
   * @param options - `force`: the signals of runs in progress are aborted, and after `graceMs`
   *   (default 5,000) the runs are left behind for another worker
   */
  close(options?: { force?: boolean; graceMs?: number }): Promise<void>;
}

const ENSURE_EVERY_MS = 60_000;
const FORCED_GRACE_MS = 5_000;

class WorkerProcess implements WorkerHandle {
  readonly id: string;
  readonly ready: Promise<void>;
  private readonly runtime: WorkerRuntime;
  private readonly subscriber;
  private readonly backends: SharedBackends;
  private readonly queues = new Map<JobDefinition, Queue>();
  private readonly workers: ScheduleSafeWorker[] = [];
  private readonly announcer: Announcer;
  private readonly locks: TenantLocks;
  private readonly logger: WorkerLogger;
  private ensureTimer: NodeJS.Timeout | undefined;
  private closing: Promise<void> | undefined;

  constructor(private readonly options: StartWorkerOptions) {
    const { jobs } = options;
    checkNames(jobs);
    this.id =
      options.id ?? `${hostname()}-${process.pid}-${randomUUID().slice(0, 8)}`;
    this.logger = options.logger ?? stderrLogger;
    const client = openConnection(options.connection, 'worker');
    this.subscriber = openConnection(options.connection, 'subscriber');
    for (const connection of [client, this.subscriber]) {
      connection.on('error', error =>
        this.logger.warn(`Redis: ${error.message}`),
      );
    }
    const layout = layoutOf(client, options.runStreams);
    const keys = protocolKeys(options.namespace, layout);
    const running = new Map<string, ExecutingRun>();
    const onError = (error: Error) => this.logger.warn(error.message);
    this.backends = new SharedBackends({
      client,
      connect: () => openConnection(options.connection, 'blocking'),
      id: this.id,
      workers: jobs.length,
      onError,
    });
    const { tenants = [] } = options;
    const redact = createTextRedactor(options.redact);
    this.runtime = {
      id: this.id,
      client,
      keys,
      queuePrefixOf: queue => queuePrefixOf(queue, options.queuePrefix, layout),
      running,
      isTenantHeld: options.isTenantHeld,
      redact,
      logger: this.logger,
      tenants: async () =>
        typeof tenants === 'function' ? await tenants() : tenants,
      reporter: new RunReporter({
        client,
        streamOf: keys.runsOf,
        redact,
        onError,
      }),
      cancellations: new Cancellations({
        client,
        subscriber: this.subscriber,
        keys,
        running,
        onError,
      }),
    };
    this.locks = new TenantLocks(this.runtime);
    this.announcer = new Announcer({
      runtime: this.runtime,
      jobs,
      onRegistryLost: () => this.announce(),
      onBeat: async () => {
        await this.locks.renewAll();
        await this.runtime.cancellations.check([...running.keys()]);
      },
    });
    this.ready = this.start();
    // For callers that do not await `ready`.
    this.ready.catch(error =>
      this.logger.error(`The worker could not start: ${error.message}`),
    );
  }

  close({
    force = false,
    graceMs = FORCED_GRACE_MS,
  }: { force?: boolean; graceMs?: number } = {}): Promise<void> {
    this.closing ??= this.shutDown(force ? graceMs : undefined);
    return this.closing;
  }

  private async start(): Promise<void> {
    const { client, queuePrefixOf: prefixOf } = this.runtime;
    await this.runtime.cancellations.listen();
    for (const definition of this.options.jobs) {
      const queue = new Queue(
        definition.name,
        { connection: client, prefix: prefixOf(definition.name) },
        this.backends.create,
      );
      queue.on('error', error => this.queueError(definition, error));
      this.queues.set(definition, queue);
    }
    await this.announce();
    await this.announcer.start();
    if (this.closing) {
      return;
    }
    for (const [definition, queue] of this.queues) {
      this.workers.push(this.createWorker(definition, queue));
    }
    await Promise.all(this.workers.map(worker => worker.waitUntilReady()));
    this.ensureTimer = setInterval(() => {
      this.announce().catch(error => this.logger.warn(error.message));
    }, ENSURE_EVERY_MS);
  }

  /** Writes registrations, concurrency and schedules where Redis does not have them. */
  private async announce(): Promise<void> {
    await this.announcer.register();
    await Promise.all(
      [...this.queues].map(async ([definition, queue]) => {
        await queue.setGlobalConcurrency(definition.concurrency);
        try {
          await ensureScheduler(queue, definition, this.runtime);
        } catch (error) {
          // Tried again in a minute; the other jobs do not wait for it.
          this.queueError(definition, error as Error);
        }
      }),
    );
  }

  private createWorker(
    definition: JobDefinition,
    queue: Queue,
  ): ScheduleSafeWorker {
    const { options, runtime } = this;
    const runner = new JobRunner({
      runtime,
      definition,
      queue,
      retention: new JobRetention(options.keepJobs?.completed ?? 1_000),
      locks:
        definition.tenantScoped && definition.concurrency > 1
          ? this.locks
          : undefined,
    });
    const worker = new ScheduleSafeWorker(
      definition.name,
      (job, token) => runner.process(job, token),
      {
        connection: runtime.client,
        prefix: runtime.queuePrefixOf(definition.name),
        name: this.id,
        concurrency: definition.concurrency,
        maxStalledCount: definition.manualRun ? 1 : 0,
        lockDuration: options.lockDurationMs ?? 30_000,
        stalledInterval: options.stalledIntervalMs ?? 30_000,
        removeOnFail: { count: options.keepJobs?.failed ?? 1_000 },
      },
      this.backends.create,
    );
    worker.on('error', error => this.queueError(definition, error));
    worker.on('completed', job => runner.confirmEnd(job));
    worker.on('failed', job => job && runner.confirmEnd(job));
    return worker;
  }

  private queueError(definition: JobDefinition, error: Error): void {
    if (!this.closing) {
      this.logger.warn(`${definition.name}: ${error.message}`);
    }
  }

  private async shutDown(graceMs: number | undefined): Promise<void> {
    clearInterval(this.ensureTimer);
    if (this.runtime.client.status === 'ready') {
      // A worker that is still starting finishes first: half a worker cannot be closed.
      await this.ready.catch(() => {});
    }
    clearInterval(this.ensureTimer);
    const drained = Promise.all(this.workers.map(worker => worker.close()));
    if (graceMs !== undefined) {
      this.runtime.running.forEach(run => run.shutDown());
      await within(graceMs, drained);
      await Promise.all(this.workers.map(worker => worker.abandon()));
      await within(graceMs, this.runtime.reporter.flushed());
    } else {
      await drained;
      await this.runtime.reporter.flushed();
    }
    this.runtime.reporter.close();
    const { client } = this.runtime;
    if (client.status === 'ready') {
      await this.announcer
        .stop()
        .catch(error => this.logger.warn(`leaving: ${error.message}`));
    }
    await Promise.all([...this.queues.values()].map(queue => queue.close()));
    await this.backends.close();
    await closeConnection(this.subscriber);
    await closeConnection(client);
  }
}

function checkNames(jobs: JobDefinition[]): void {
  const names = new Set<string>();
  for (const { name } of jobs) {
    if (names.has(name)) {
      throw new Error(`startWorker: two jobs are called ${name}`);
    }
    names.add(name);
  }
}

/** Waits for a promise, at most so long. */
async function within(ms: number, done: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  await Promise.race([
    done,
    new Promise(resolve => {
      timer = setTimeout(resolve, ms);
    }),
  ]);
  clearTimeout(timer);
}

/**
 * Starts a worker process: registers the jobs, keeps their schedules, executes their runs.
 * @throws Error if two jobs have the same name
 * @public
 */
export function startWorker(options: StartWorkerOptions): WorkerHandle {
  return new WorkerProcess(options);
}
