import type {
  EngineJobRef,
  EngineObserver,
  OperationsRedis,
} from '@craft-easy/backstage-plugin-operations-node';
import { QueueReader, type JobFields } from '../bullmqInternals';
import { Sightings } from './sightings';
import { findKnownRuns } from './knownRuns';
import {
  creationOf,
  isEnd,
  ownFields,
  toRecord,
  type ShownAs,
  type Sighting,
} from './toRecord';

/** Events read, and jobs recorded, at a time. */
const BATCH = 500;
/** Ended jobs of a queue that are recorded at the first comparison, newest first. */
const FIRST_LOOK = 5000;
/** Jobs of a queue that are read in each of the places where they wait or run. */
const MAX_UNENDED = 1000;
/** An ended job may appear in its set this much after the time it is sorted by. */
const OVERLAP_MS = 5000;
const MAX_RECORDED = 50_000;

/**
 * Watches one queue, without writing a key. The queue's event stream is fast but not complete:
 * BullMQ keeps some thousand entries of it. So what the queue holds is compared from time to time,
 * and what the events left out is recorded then.
 */
export class QueueWatch {
  readonly ref: EngineJobRef;
  private readonly reader: QueueReader;
  private readonly sightings = new Sightings();
  private cursor: string | undefined;
  /** Whether the events from before this process have been read. */
  private isUpToDate = false;
  private readonly endedUpTo = { completed: -1, failed: -1 };
  /** Ended jobs that were recorded lately, and need not be recorded again. */
  private readonly recorded = new Set<string>();
  /** State and id of the jobs that had not ended at the last comparison. */
  private unended = new Set<string>();

  constructor(
    redis: OperationsRedis,
    prefix: string,
    queue: string,
    private readonly shown: ShownAs,
    private readonly observer: EngineObserver,
  ) {
    this.reader = new QueueReader(redis, prefix, queue);
    this.ref = { engine: 'bullmq', name: shown.job, queue };
  }

  /**
   * Records new events; the cursor moves on only when they are recorded.
   * @returns whether there may be more at once
   */
  async readEvents(): Promise<boolean> {
    const events = await this.reader.events(this.cursor, BATCH);
    if (events.length > 0) {
      await this.record(this.sightings.read(events), true);
      this.cursor = events.at(-1)!.id;
    }
    const hasMore = events.length === BATCH;
    this.isUpToDate ||= !hasMore;
    return hasMore;
  }

  /** Records what the queue holds and no event reported. */
  async reconcile(): Promise<void> {
    await this.reconcileEnded('completed', 'succeeded');
    await this.reconcileEnded('failed', 'failed');
    await this.reconcileUnended();
  }

  private async reconcileEnded(
    set: 'completed' | 'failed',
    state: Sighting['state'],
  ) {
    if (this.endedUpTo[set] < 0) {
      const newest = await this.reader.newestEnded(set, FIRST_LOOK);
      await this.recordEnded(set, newest, state);
      return;
    }
    let from = `${this.endedUpTo[set] - OVERLAP_MS}`;
    for (;;) {
      const ended = await this.reader.endedSince(set, from, FIRST_LOOK);
      await this.recordEnded(set, ended, state);
      if (ended.length < FIRST_LOOK) return;
      const last = ended.at(-1)![1];
      // Leaves a moment behind in which more jobs ended than are read at a time.
      from = `${last}` === from ? `(${last}` : `${last}`;
    }
  }

  private async recordEnded(
    set: 'completed' | 'failed',
    ended: Array<[jobId: string, at: number]>,
    state: Sighting['state'],
  ) {
    const news = ended.filter(([id]) => !this.recorded.has(id));
    await this.record(news.map(([jobId, at]) => ({ jobId, at, state })));
    const last = ended.at(-1)?.[1] ?? 0;
    this.endedUpTo[set] = Math.max(this.endedUpTo[set], last);
  }

  private async reconcileUnended() {
    const { queued, running } = await this.reader.unended(MAX_UNENDED);
    const at = Date.now();
    const sightings = [
      ...queued.map((jobId): Sighting => ({ jobId, at, state: 'queued' })),
      ...running.map((jobId): Sighting => ({ jobId, at, state: 'running' })),
    ];
    const placeOf = ({ jobId, state }: Sighting) => `${state} ${jobId}`;
    await this.record(
      sightings.filter(seen => !this.unended.has(placeOf(seen))),
    );
    this.unended = new Set(sightings.map(placeOf));
  }

  /** Of what only the queue's sets say it, nothing is recorded once the hash is gone. */
  private async record(sightings: Sighting[], isFromEvents = false) {
    for (let i = 0; i < sightings.length; i += BATCH) {
      const batch = sightings.slice(i, i + BATCH);
      const fields = await this.reader.fieldsOf(
        batch.map(({ jobId }) => jobId),
      );
      const known = batch
        .map((seen, n) => ({ seen, job: ownFields(seen, fields[n]) }))
        .filter(({ seen, job }) => (job || isFromEvents) && isRun(seen, job));
      await this.recogniseRuns(known);
      await this.observer.onRuns(
        known.map(({ seen, job }) => toRecord(seen, job ?? {}, this.shown)),
      );
      for (const { seen, job } of known) {
        const createdAt = job && creationOf(job);
        if (createdAt !== undefined && !isEnd(seen)) {
          this.sightings.noteCreation(seen.jobId, createdAt);
        }
      }
      for (const { seen } of known) this.noteRecorded(seen);
    }
  }

  /**
   * Gives those sightings their run of which neither the hash nor this process knows when the job
   * was created, and which may have been recorded before this process began.
   */
  private async recogniseRuns(
    known: Array<{ seen: Sighting; job: JobFields | undefined }>,
  ) {
    const unnamed = known.flatMap(({ seen, job }) => {
      const isNamed = job !== undefined || seen.createdAt !== undefined;
      const isNew = this.isUpToDate && seen.queuedAt !== undefined;
      return isNamed || isNew ? [] : [seen];
    });
    if (unnamed.length === 0) return;
    const runs = await this.observer.findRuns(
      this.ref,
      unnamed.map(({ jobId }) => jobId),
    );
    findKnownRuns(unnamed, runs);
  }

  private noteRecorded({ jobId, state }: Sighting) {
    if (state === 'queued' || state === 'running') {
      this.recorded.delete(jobId);
      return;
    }
    this.recorded.add(jobId);
    for (const oldest of this.recorded) {
      if (this.recorded.size <= MAX_RECORDED) break;
      this.recorded.delete(oldest);
    }
  }
}

/**
 * Whether a sighting is of a run: not of a job that waits for its time, such as a scheduler's next
 * one, nor of a job of which nothing is left.
 */
function isRun(seen: Sighting, job: JobFields | undefined): boolean {
  const ended = !['queued', 'running'].includes(seen.state);
  if (!job) return ended && (seen.state !== 'cancelled' || !!seen.queuedAt);
  if (seen.state !== 'queued') return true;
  const attempts = Number(job.atm ?? job.attemptsMade ?? 0);
  const due = Number(job.timestamp) + Number(job.delay ?? 0);
  return attempts > 0 || due <= Date.now();
}
