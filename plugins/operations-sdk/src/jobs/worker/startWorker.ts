import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { Queue } from 'bullmq';
import { createTextRedactor } from '@craft-easy/backstage-plugin-operations-protocol/internal';
import {
  protocolKeys,
  queuePrefixOf,
} from '@craft-easy/backstage-plugin-operations-protocol';
import {
  onPossibleLoss,
  type RedisClient,
} from '@craft-easy/backstage-plugin-operations-protocol/redis';
import { ScheduleSafeWorker, SharedBackends } from '../../bullmqInternals';
import { RedisClock } from '../../clock';
import {
  closeConnection,
  layoutOf,
  openConnection,
  sayDefaultAddress,
} from '../../redis/connection';
import { RequestVerifier } from '../../requests/RequestVerifier';
import type { JobDefinition } from '../declare/types';
import { Cancellations } from '../run/Cancellations';
import { RunReporter } from '../run/RunReporter';
import type { ExecutingRun, WorkerRuntime } from '../runtime';
import { Claims } from '../schedule/Claims';
import { yieldsSlot } from '../schedule/slots';
import { noteNewestSlot } from '../schedule/proof';
import { createRepeatStrategy } from '../schedule/repeatStrategy';
import {
  ensureScheduler,
  hasScheduler,
  isSlotOfAnother,
} from '../schedule/schedulers';
import { SlotMemory } from '../schedule/SlotMemory';
import { Announcer } from './Announcer';
import { ClockGuard } from './ClockGuard';
import { Declarations } from './Declarations';
import { JobRetention } from './JobRetention';
import { JobRunner } from './JobRunner';
import { stderrLogger, type WorkerLogger } from './logger';
import {
  checkOptions,
  type StartWorkerOptions,
  type WorkerHandle,
} from './options';
import { QueueGate } from './QueueGate';
import { createTenantList } from './tenantList';
import { TenantLocks } from './TenantLocks';

const ENSURE_EVERY_MS = 60_000;
const FORCED_GRACE_MS = 5_000;
/** So long a forced end tells Redis that the worker is gone. */
const LEAVING_MS = 1_000;
const MAX_CLOCK_SKEW_MS = 30_000;

const OUTDATED = 'a newer declaration of it is alive';

class WorkerProcess implements WorkerHandle {
  readonly id: string;
  readonly ready: Promise<void>;
  private readonly runtime: WorkerRuntime;
  private readonly subscriber;
  private readonly backends: SharedBackends;
  /** For claims alone, where replicas must hold them. */
  private readonly claimClient: RedisClient | undefined;
  private readonly queues = new Map<JobDefinition, Queue>();
  private readonly memories = new Map<JobDefinition, SlotMemory>();
  private readonly gates = new Map<JobDefinition, QueueGate>();
  private readonly declarations: Declarations;
  private readonly clockGuard: ClockGuard;
  private readonly workers: ScheduleSafeWorker[] = [];
  private readonly runners: JobRunner[] = [];
  private readonly announcer: Announcer;
  private readonly locks: TenantLocks;
  private readonly logger: WorkerLogger;
  private ensureTimer: NodeJS.Timeout | undefined;
  private closing: Promise<void> | undefined;

  constructor(private readonly options: StartWorkerOptions) {
    checkOptions(options);
    const { jobs } = options;
    this.id =
      options.id ?? `${hostname()}-${process.pid}-${randomUUID().slice(0, 8)}`;
    this.logger = options.logger ?? stderrLogger;
    sayDefaultAddress('startWorker', options.connection, message =>
      this.logger.warn(message),
    );
    const client = openConnection(options.connection, 'worker');
    this.subscriber = openConnection(options.connection, 'subscriber');
    this.claimClient =
      options.claimReplicas && openConnection(options.connection, 'worker');
    for (const connection of [client, this.subscriber, this.claimClient]) {
      connection?.on('error', error =>
        this.logger.warn(`Redis: ${error.message}`),
      );
    }
    const layout = layoutOf(client, options.runStreams);
    const keys = protocolKeys(options.namespace, layout);
    const running = new Map<string, ExecutingRun>();
    const clock = new RedisClock();
    const verifier = new RequestVerifier(options.requestKeys, () =>
      clock.now(),
    );
    const onError = (error: Error) => this.logger.warn(error.message);
    this.backends = new SharedBackends({
      client,
      connect: () => openConnection(options.connection, 'blocking'),
      id: this.id,
      workers: jobs.length,
      onError,
    });
    const tenants = createTenantList(options.tenants ?? [], this.logger);
    const redact = createTextRedactor(options.redact);
    this.runtime = {
      id: this.id,
      client,
      keys,
      clock,
      queuePrefixOf: queue => queuePrefixOf(queue, options.queuePrefix, layout),
      running,
      verifier,
      claims: new Claims({
        client,
        replicas:
          options.claimReplicas && this.claimClient
            ? { ...options.claimReplicas, client: this.claimClient }
            : undefined,
      }),
      isTenantHeld: options.isTenantHeld,
      redact,
      logger: this.logger,
      tenants,
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
        verifier,
        onError,
      }),
    };
    this.locks = new TenantLocks(this.runtime);
    for (const job of jobs) {
      this.gates.set(job, new QueueGate());
      this.memories.set(job, new SlotMemory());
    }
    this.declarations = new Declarations({
      runtime: this.runtime,
      jobs,
      version: options.version === undefined ? undefined : `${options.version}`,
      tenants: Array.isArray(tenants) ? tenants : undefined,
    });
    this.clockGuard = new ClockGuard({
      clock: this.runtime.clock,
      gates: this.gates,
      maxSkewMs: this.maxClockSkewMs,
      logger: this.logger,
      // schedulers were left alone
      onReleased: () => this.ensure().catch(onError),
      // BullMQ renews its locks by the machine's clock
      onJump: () => this.workers.forEach(worker => worker.renewLocksSoon()),
    });
    this.announcer = new Announcer({
      runtime: this.runtime,
      jobs,
      declarations: this.declarations,
      heldBecause: () => this.heldBecause(),
      onChange: changed => this.statusChanged(changed),
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
      const { queue: queueName } = definition.registration;
      const queue = new Queue(
        queueName,
        {
          connection: client,
          prefix: prefixOf(queueName),
          settings: this.settings,
        },
        this.backends.create,
      );
      queue.on('error', error => this.queueError(definition, error));
      this.queues.set(definition, queue);
    }
    await this.announcer.prepare();
    this.clockGuard.start();
    await this.statusChanged(this.options.jobs);
    await this.announcer.start();
    if (this.closing) {
      return;
    }
    for (const [definition, queue] of this.queues) {
      this.workers.push(this.createWorker(definition, queue));
    }
    await Promise.all(this.workers.map(worker => worker.waitUntilReady()));
    // the first connection is there: each new one follows an outage
    onPossibleLoss(client, () => {
      this.runtime.reporter.reportAgain();
      this.runners.forEach(runner => runner.reportEndsAgain());
    });
    this.ensureTimer = setInterval(() => {
      this.ensure().catch(error => this.logger.warn(error.message));
    }, ENSURE_EVERY_MS);
  }

  /** How BullMQ finds the slots of a cron schedule. */
  private get settings() {
    return { repeatStrategy: createRepeatStrategy(this.runtime.clock) };
  }

  /** A look at who is alive comes first: nothing of an older declaration may be written. */
  private async ensure(): Promise<void> {
    await this.declarations.look();
    await this.statusChanged(this.options.jobs);
  }

  /** Declarations of these jobs may have come into force, or be no longer. */
  private async statusChanged(jobs: JobDefinition[]): Promise<void> {
    const inForce = jobs.filter(job => this.isInForce(job));
    for (const job of jobs) {
      if (!this.isInForce(job)) {
        this.gates.get(job)!.set('declaration', OUTDATED);
      }
    }
    // what the former declaration has left on the queue, this worker would refuse
    await this.announce(inForce);
    for (const job of inForce) {
      if (this.isInForce(job)) {
        this.gates.get(job)!.set('declaration', undefined);
      }
    }
  }

  private isInForce(job: JobDefinition): boolean {
    return this.declarations.isInForce(job);
  }

  /** Before a run is refused: does the newest declaration still say so? */
  private async isStillInForce(job: JobDefinition): Promise<boolean> {
    const changed = await this.declarations.look();
    if (changed.length > 0) await this.statusChanged(changed);
    return this.isInForce(job);
  }

  /**
   * Whether a slot is of another declaration's schedule. A worker of another version may have come
   * and gone between two looks: then the queue gets this worker's scheduler back.
   */
  private async isOfAnother(
    job: JobDefinition,
    queue: Queue,
    slot: number,
  ): Promise<boolean> {
    if (job.schedule && yieldsSlot(job.schedule, slot)) return false;
    const scheduler = await queue.getJobScheduler(queue.name);
    if (isSlotOfAnother(scheduler, job.schedule, slot)) {
      await this.announce([job]);
    } else if (!(await this.declarations.hasSlot(job, slot))) {
      return false;
    }
    this.logger.warn(
      `${job.name}: the slot ${new Date(
        slot,
      ).toISOString()} of another declaration's schedule is left out: that declaration is not in force`,
    );
    return true;
  }

  private heldBecause(): string | undefined {
    if (this.clockGuard.holdsAll) return this.clockGuard.reason();
    const held = [...this.gates].flatMap(([{ name }, gate]) =>
      gate.why.map(why => `${name}: ${why}`),
    );
    return held.length > 0 ? held.join('; ') : undefined;
  }

  private get maxClockSkewMs(): number {
    return this.options.maxClockSkewMs ?? MAX_CLOCK_SKEW_MS;
  }

  /** By how much the fastest clock of all workers that take jobs is ahead. */
  private async fastestClockMs(): Promise<number> {
    const workers = await this.announcer.liveWorkers();
    const skews = workers.map(({ clockSkewMs = 0 }) => clockSkewMs);
    const allowed = skews.filter(skew => skew <= this.maxClockSkewMs);
    return Math.max(0, this.runtime.clock.skewMs, ...allowed);
  }

  /** Writes registrations, concurrency and schedules where Redis does not have them. */
  private async announce(jobs: JobDefinition[]): Promise<void> {
    await this.announcer.register(jobs);
    await Promise.all(
      jobs.map(async definition => {
        const queue = this.queues.get(definition)!;
        await queue.setGlobalConcurrency(definition.concurrency);
        try {
          // BullMQ sets a scheduler by the machine's clock
          if (!this.gates.get(definition)!.has('clock')) {
            await ensureScheduler(queue, definition, this.runtime);
          }
          if (this.declarations.isGuarded(definition)) {
            const memory = this.memories.get(definition)!;
            await noteNewestSlot({ runtime: this.runtime, definition, memory });
          }
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
    const gate = this.gates.get(definition)!;
    const runner = new JobRunner({
      runtime,
      definition,
      queue,
      contract: {
        isInForce: () => this.isInForce(definition),
        isGuarded: () => this.declarations.isGuarded(definition),
        hasScheduler: () => hasScheduler(queue, definition),
        isStillInForce: () => this.isStillInForce(definition),
        wasOfAnother: slot => this.isOfAnother(definition, queue, slot),
      },
      fastestClockMs: () => this.fastestClockMs(),
      memory: this.memories.get(definition)!,
      witness: options.witness,
      retention: new JobRetention(options.keepJobs?.completed ?? 1_000),
      locks:
        definition.tenantScoped && definition.concurrency > 1
          ? this.locks
          : undefined,
    });
    this.runners.push(runner);
    const worker = new ScheduleSafeWorker(
      definition.registration.queue,
      (job, token) =>
        // BullMQ may take the next job right afterwards, by the machine's clock
        runner.process(job, token).finally(() => this.clockGuard.look()),
      {
        connection: runtime.client,
        prefix: runtime.queuePrefixOf(definition.registration.queue),
        settings: this.settings,
        name: this.id,
        concurrency: definition.concurrency,
        maxStalledCount: definition.manualRun ? 1 : 0,
        lockDuration: options.lockDurationMs ?? 30_000,
        stalledInterval: options.stalledIntervalMs ?? 30_000,
        removeOnFail: { count: options.keepJobs?.failed ?? 1_000 },
      },
      this.backends.create,
    );
    worker.mayTake = () => {
      this.clockGuard.look();
      if (!gate.isOpen) worker.wakeAnother(runtime.client);
      return gate.isOpen;
    };
    gate.control(worker);
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
    this.clockGuard.stop();
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
      const left = this.announcer
        .stop()
        .catch(error => this.logger.warn(`leaving: ${error.message}`));
      // Redis may have died this moment: whoever forces the end does not wait until it is back
      if (graceMs === undefined) await left;
      else await within(Math.max(graceMs, LEAVING_MS), left);
    }
    await Promise.all([...this.queues.values()].map(queue => queue.close()));
    await this.backends.close();
    await closeConnection(this.subscriber);
    if (this.claimClient) {
      await closeConnection(this.claimClient);
    }
    await closeConnection(client);
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
 * @throws Error if two jobs have the same name, or a tenant's id is not allowed
 * @public
 */
export function startWorker(options: StartWorkerOptions): WorkerHandle {
  return new WorkerProcess(options);
}
