import { createExtensionPoint } from '@backstage/backend-plugin-api';
import type { QueueState } from '@craft-easy/backstage-plugin-operations-common';
import type {
  Ability,
  AbilityState,
  JobRegistration,
  RunRecordInput,
  RunRequest,
  SignedMessage,
} from '@craft-easy/backstage-plugin-operations-protocol';
import type { EngineHandlers, EngineIntake } from './EngineIntake';

/** What an engine needs to know to find a run of its own. @public */
export interface EngineRunRef {
  runId: string;
  /** the engine's own id, where it differs */
  engineJobId?: string;
}

/**
 * What is put on a queue: a request, or a message that holds it signed. An engine carries it as it
 * is.
 * @public
 */
export type QueuedRequest = (RunRequest | SignedMessage) & { runId: string };

/** The part of a registration by which an engine finds its queue. @public */
export type EngineJobRef = Pick<JobRegistration, 'engine' | 'name' | 'queue'>;

/** A run that the portal has recorded. Times are epoch milliseconds. @public */
export interface KnownRun {
  runId: string;
  engineJobId: string;
  queuedAt: number;
  /** absent where no end is known, or the run is only believed to be lost */
  endedAt?: number;
}

/** What an engine that watches queues it does not own tells the portal. @public */
export interface EngineObserver {
  /** Jobs seen on foreign queues; shown read-only until somebody declares them. */
  onJobs(jobs: EngineJobRef[]): Promise<void>;
  /**
   * Reports about runs; the same ordering rule as on the protocol's stream, so repeating one does
   * no harm.
   */
  onRuns(records: RunRecordInput[]): Promise<void>;
  /**
   * The runs of a job that were recorded under these ids of the engine, oldest first, so that what
   * is seen a second time keeps its run.
   */
  findRuns(job: EngineJobRef, engineJobIds: string[]): Promise<KnownRun[]>;
}

/**
 * Whether an engine can do something, and if not, why: a text of the engine, or beside it the code
 * of a sentence that pages know in other languages.
 * @public
 */
export type EngineAbility = AbilityState & {
  words?: { code: string; values: Record<string, string | number> };
};

/**
 * Carries run requests to workers, or only watches. An engine decides nothing: permissions, the
 * job's contract and the audit are checked before it is called. It declares what it can do, and has
 * the methods that this takes: see {@link CarryingEngine}. Every method throws
 * `ServiceUnavailableError` when its store cannot be reached, having changed nothing.
 * @public
 */
export interface JobEngine {
  /** As in `JobRegistration.engine`: lower-case letters, digits and hyphens. */
  readonly name: string;

  /**
   * What is possible with its jobs, and why the rest is not. A registration may say that less is
   * possible with its job.
   */
  readonly abilities: Readonly<Record<Ability, EngineAbility>>;

  /**
   * Puts a run on the job's queue. Idempotent by `request.runId`: a second call with the same id
   * changes nothing. Needed by the abilities `run` and `retry`.
   * @returns the engine's own id of the run
   */
  enqueue?(
    job: JobRegistration,
    request: QueuedRequest,
  ): Promise<{ engineJobId: string }>;

  /**
   * Takes a run off the queue if, at this very moment, no worker has it. Needed by the ability
   * `cancel` where there is a queue.
   */
  removeQueued?(
    job: EngineJobRef,
    run: EngineRunRef,
  ): Promise<'removed' | 'started' | 'unknown'>;

  /**
   * Where the engine has a run now. `unknown`: it has never heard of it, or has forgotten. Without
   * it no run is taken for lost because its engine does not know it.
   */
  locate?(
    job: EngineJobRef,
    run: EngineRunRef,
  ): Promise<'queued' | 'active' | 'ended' | 'unknown'>;

  /**
   * Depth, age and workers of these jobs' queues, in a bounded number of round trips whatever their
   * number.
   */
  getQueues?(jobs: EngineJobRef[]): Promise<QueueState[]>;

  /**
   * Lets the queue of a job go on that was paused. A queue that is not paused stays as it is.
   * Without it, only the tool that paused a queue resumes it.
   */
  resumeQueue?(job: EngineJobRef): Promise<void>;

  /** Begins to watch foreign queues named in config, until the signal aborts. */
  observe?(observer: EngineObserver, signal: AbortSignal): Promise<void>;

  /**
   * Answers the endpoints by which jobs report to the portal's API; called once, before any of
   * them is asked. The jobs of such an engine are declared there and nowhere else: what names the
   * engine in the platform's registry is ignored.
   */
  serve?(intake: EngineIntake): EngineHandlers;
}

/** An engine that has queues: what the abilities `run`, `retry` and `cancel` take. @public */
export type CarryingEngine = JobEngine &
  Required<
    Pick<JobEngine, 'enqueue' | 'removeQueued' | 'locate' | 'getQueues'>
  >;

/** Where modules add their engine. @public */
export interface JobEngineExtensionPoint {
  /**
   * @throws Error if an engine of that name was added before, if the name is none, or if the engine
   * lacks a method that its abilities take
   */
  addJobEngine(engine: JobEngine): void;
}

/** @public */
export const jobEngineExtensionPoint =
  createExtensionPoint<JobEngineExtensionPoint>({
    id: 'operations.job-engine',
  });
