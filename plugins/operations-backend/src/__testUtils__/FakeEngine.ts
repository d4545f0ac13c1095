import { ServiceUnavailableError } from '@backstage/errors';
import type {
  CarryingEngine,
  EngineJobRef,
  EngineRunRef,
  QueuedRequest,
} from '@craft-easy/backstage-plugin-operations-node';
import {
  jobId,
  type JobRegistration,
} from '@craft-easy/backstage-plugin-operations-protocol';

/** An engine in memory: what is queued, and whether it can be reached. */
export class FakeEngine implements CarryingEngine {
  readonly name = 'bullmq';
  readonly abilities: CarryingEngine['abilities'] = {
    run: { able: true },
    cancel: { able: true },
    retry: { able: true },
    scheduleProof: { able: true },
    log: { able: true },
    pause: { able: false, because: 'a test pauses nothing' },
  };
  readonly queued = new Map<string, QueuedRequest>();
  readonly started = new Set<string>();
  /** by id of the job */
  readonly paused = new Set<string>();
  away = false;

  async enqueue(_: JobRegistration, request: QueuedRequest) {
    this.mustBeThere();
    if (!this.queued.has(request.runId)) {
      this.queued.set(request.runId, request);
    }
    return { engineJobId: request.runId };
  }

  async removeQueued(_: EngineJobRef, run: EngineRunRef) {
    this.mustBeThere();
    if (this.started.has(run.runId)) return 'started' as const;
    return this.queued.delete(run.runId)
      ? ('removed' as const)
      : ('unknown' as const);
  }

  async locate() {
    return 'unknown' as const;
  }

  async getQueues(jobs: EngineJobRef[]) {
    this.mustBeThere();
    return jobs.map(job => ({
      engine: job.engine,
      queue: job.queue,
      jobId: jobId(job),
      waiting: this.queued.size,
      active: 0,
      delayed: 0,
      workers: 1,
      ...(this.paused.has(jobId(job)) && { paused: true }),
    }));
  }

  async resumeQueue(job: EngineJobRef) {
    this.mustBeThere();
    this.paused.delete(jobId(job));
  }

  private mustBeThere() {
    if (this.away) throw new ServiceUnavailableError('Redis is away');
  }
}
