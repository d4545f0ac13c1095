/**
 * What the Redis side (`platform/`) needs of the jobs' stores, as interfaces, so that either can be
 * tested without the other.
 */
import type { Sentence } from '@craft-easy/backstage-plugin-operations-common/internal';
import {
  WORKER_TTL_MS,
  type JobRegistration,
  type RunRecord,
  type RunRequest,
  type SignedMessage,
  type WorkerRecord,
} from '@craft-easy/backstage-plugin-operations-protocol';
import type {
  EngineJobRef,
  KnownRun,
} from '@craft-easy/backstage-plugin-operations-node';
import type { AskedBy } from '../lib/caller';
import { type Said } from '../lib/sentences';

/** What recording a batch changed, for signals and for the audit of refusals. */
export interface RecordedBatch {
  /** Records that were news, in the order given; repeated or overtaken ones are left out. */
  applied: RunRecord[];
  /** Ids of the jobs touched. */
  jobIds: string[];
}

/**
 * Writes a stream's records, in batches: each batch whole or not at all. A record that is written
 * twice has one effect.
 */
export interface Recorder<R, B> {
  record(records: R[]): Promise<B>;
}

/**
 * Writes history. Exactly once: a record whose ordinal is not higher than the stored one changes
 * nothing.
 */
export interface RunRecorder extends Recorder<RunRecord, RecordedBatch> {
  /**
   * Writes a batch in one transaction: runs, newest run per job (and tenant), day roll-ups, error
   * groups. Records of jobs unknown so far create an undeclared job. Safe over replicas: batches
   * are serialised by the database.
   */
  record(records: RunRecord[]): Promise<RecordedBatch>;
}

/** A run that the portal believes is being executed. */
export interface ActiveRun {
  id: string;
  engine: string;
  job: string;
  queue: string;
  status: 'queued' | 'running' | 'cancelling';
  attempt: number;
  workerId?: string;
  engineJobId?: string;
  tenant?: string;
  /** epoch ms at which this state began */
  since: number;
  /** the last record, to build the next one from */
  record: RunRecord;
}

/**
 * A job that no worker has announced for this long is not announced any more (workers announce
 * every five seconds).
 */
export const SILENT_AFTER_MS = 2 * WORKER_TTL_MS;

/** A registration that cannot be read. */
export interface UnreadableRegistration {
  jobId: string;
  /** names the field, and says what is wrong with it */
  problem: string;
}

/** Keeps the inventory in step with the registry. */
export interface JobRegistry {
  /**
   * Upserts registrations that changed, notes when each was last announced, and marks what is not
   * announced any more: what is not among `registrations`, or was last announced more than {@link
   * SILENT_AFTER_MS} before `now`. Called with all valid registrations of the registry, but only
   * when one of them changed, fell silent or was heard again, and else once a minute.
   * @returns ids of the jobs that appeared, changed or fell silent
   */
  syncRegistrations(
    registrations: Array<{ registration: JobRegistration; seenAt: number }>,
    now: number,
  ): Promise<{ changed: string[] }>;
  /** Notes which registrations cannot be read now; those that are not named can be read. */
  noteUnreadable(
    unreadable: UnreadableRegistration[],
    now: number,
  ): Promise<void>;
  /** The registrations that are in force, by job. */
  registrationsOf(jobIds: string[]): Promise<Map<string, JobRegistration>>;
  /** Adds jobs seen on foreign queues, if nobody declared them. */
  noteObserved(
    jobs: EngineJobRef[],
    now: number,
  ): Promise<{ changed: string[] }>;
  /** Runs believed active, oldest first, at most `limit`. */
  activeRuns(options: {
    olderThan: number;
    limit: number;
  }): Promise<ActiveRun[]>;
  /** Runs that were recorded under ids that an engine gave, oldest first. */
  findRuns(job: EngineJobRef, engineJobIds: string[]): Promise<KnownRun[]>;
  /** Jobs whose queues are to be watched: id, engine, name, queue. */
  listQueues(): Promise<EngineJobRef[]>;
}

/**
 * Reads the live log of a run; `undefined` where Redis has none (any more). Throws
 * ServiceUnavailableError when Redis is away.
 */
export interface LogReader {
  read(
    runId: string,
    query: { tail?: number; after?: number; before?: number; limit: number },
  ): Promise<
    | {
        lines: Array<{ n: number; time: string; text: string }>;
        totalLines: number;
      }
    | undefined
  >;
}

/** Whether the platform's Redis can be reached now; when it last answered. */
export interface PlatformHealth {
  readonly available: boolean;
  /** ISO time of the last answer */
  readonly asOf: string;
  readonly reason?: Said;
  /** What is wrong with it though it answers, the worst first; none while it is away. */
  readonly troubles: readonly RedisTrouble[];
  /** By how much the clock of this portal process is ahead of Redis', ms; 0 while unknown. */
  readonly clockSkewMs: number;
  /** Ids and number of live workers per job id, from the last look; no Redis command. */
  workersOf(jobId: string): number;
  /** Who is alive, from the last look; no Redis command. */
  readonly fleet: Fleet;
  /** State of the run stream at the last look; `undefined` before the first one. */
  readonly runStream?: RunStreamState;
}

/** Something that is wrong with the platform's Redis. */
export interface RedisTrouble {
  kind:
    | 'redis-full'
    | 'redis-read-only'
    | 'redis-unsaved'
    | 'redis-too-few-replicas'
    | 'redis-evicting'
    | 'redis-eviction-policy'
    | 'redis-slow';
  /** a sentence without its full stop */
  text: Sentence;
  /** what to do about it */
  advice: Sentence;
  severity: 'critical' | 'high' | 'normal';
  /** it takes nothing that is written */
  blocks: boolean;
}

/** A declaration of a job that live workers have, where they have several. */
export interface LiveDeclaration {
  digest: string;
  version?: string;
  /** when it was first announced */
  announcedAt: string;
  /** it is the newest; the others wait until nobody has it */
  inForce: boolean;
  manualRun: boolean;
  /** names of the fields in which it differs from the one in force */
  differsIn: string[];
  /** how many live workers have it */
  workers: number;
}

/** The live workers, and what they declare. */
export interface Fleet {
  workers(): WorkerRecord[];
  workersOf(jobId: string): WorkerRecord[];
  /** none where the live workers agree */
  declarationsOf(jobId: string): LiveDeclaration[];
}

/** How far the recorder is behind the platform's reports, on all run streams together. */
export interface RunStreamState {
  /** reports that no replica has read yet */
  lag: number;
  /** reports that were read, but are not in the database yet */
  pending: number;
  /** reports that the streams hold */
  length: number;
  /** reports that are not in the database, of the stream that has most of them */
  fullest: number;
  /** beyond so many, the platform drops the oldest of a stream */
  capacity: number;
  /**
   * reports that were not readable, since this process began; they are kept in the stream
   * `runs-rejected`
   */
  rejected: number;
  /** ISO time at which the platform was last seen to have dropped reports before they were read */
  droppedAt?: string;
}

/** A queue at the last look. */
export interface QueueNow {
  jobId: string;
  waiting: number;
  active: number;
  delayed: number;
  oldestWaitMs: number;
}

/** A request of a run, with the run's id. */
export type Sealable = RunRequest & { runId: string };

/** Makes what is put on a queue out of a request: signed, if the portal has a key. */
export interface RequestSeal {
  readonly isSigning: boolean;
  /** @param by - `job`: `<engine>/<name>` of the job that the run is for */
  sealRun(
    request: Sealable,
    by: AskedBy & { type: 'run' | 'retry'; job: string },
  ): Sealable | (SignedMessage & { runId: string });
}

/** Asks the worker that has a run to stop it: a flag that stays, and a message that is quick. */
export interface CancelSignal {
  /**
   * @param run - `job`: `<engine>/<name>`
   * @throws ServiceUnavailableError when Redis is away. Safe to repeat.
   */
  request(
    run: { runId: string; job: string; reason?: string },
    by: AskedBy,
  ): Promise<void>;
}
