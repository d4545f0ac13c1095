import type { QueueEvent } from '../bullmqInternals';
import { isEnd, type Sighting } from './toRecord';

/** What is remembered of a job between its events. */
interface Memory {
  /** as its hash says */
  createdAt?: number;
  queuedAt?: number;
  startedAt?: number;
  attempt: number;
}

/** A hash may say that a job was created so long before its event. */
const CREATED_BEFORE_MS = 60_000;

/** Jobs remembered, for those whose hash is gone at their end. */
const MAX_REMEMBERED = 50_000;

/**
 * Reads a queue's events as sightings of its jobs; of each job its end counts, else the last event.
 * A job's id may be given again once the job is removed: `added` begins another one.
 */
export class Sightings {
  private readonly memory = new Map<string, Memory>();

  read(events: QueueEvent[]): Sighting[] {
    const last = new Map<string, Sighting>();
    const ends: Sighting[] = [];
    const lastAdded = new Map(
      events.flatMap(({ id, fields }) =>
        fields.event === 'added' ? [[fields.jobId, id]] : [],
      ),
    );
    for (const { id, fields } of events) {
      const { event, jobId } = fields;
      if (!jobId) continue;
      const at = Number(id.split('-')[0]);
      if (event === 'added') {
        this.begin(jobId, at, id === lastAdded.get(jobId));
      }
      const sighting = this.sight(event, jobId, at, fields);
      if (!sighting) continue;
      last.delete(jobId);
      if (isEnd(sighting)) ends.push(sighting);
      else last.set(jobId, sighting);
      if (event === 'added') {
        for (const end of ends) {
          if (end.jobId === jobId) end.isReplaced = true;
        }
      }
    }
    return [...ends, ...last.values()];
  }

  /** Remembers when a job was created that has not ended, for when its hash is gone. */
  noteCreation(jobId: string, createdAt: number) {
    const known = this.memory.get(jobId) ?? { attempt: 0 };
    known.createdAt = createdAt;
    this.remember(jobId, known);
  }

  /**
   * A job was added. What is known under its id is of an earlier one, but for what a hash said of
   * the newest one before its event was read.
   */
  private begin(jobId: string, at: number, isNewest: boolean) {
    const { queuedAt, createdAt = 0 } = this.memory.get(jobId) ?? {};
    const isOfThis =
      isNewest && queuedAt === undefined && createdAt > at - CREATED_BEFORE_MS;
    if (!isOfThis) this.memory.delete(jobId);
  }

  private sight(
    event: string,
    jobId: string,
    at: number,
    fields: Record<string, string>,
  ): Sighting | undefined {
    const known = this.memory.get(jobId) ?? { attempt: 0 };
    switch (event) {
      case 'added':
      case 'waiting':
      case 'delayed':
        known.queuedAt ??= at;
        this.remember(jobId, known);
        return { jobId, state: 'queued', at, ...known };
      case 'active':
        known.startedAt = at;
        known.attempt += 1;
        this.remember(jobId, known);
        return { jobId, state: 'running', at, ...known };
      case 'progress':
        return { jobId, state: 'running', at, ...known };
      case 'completed':
      case 'failed':
        this.memory.delete(jobId);
        return {
          jobId,
          at,
          ...known,
          state: event === 'completed' ? 'succeeded' : 'failed',
          returnvalue: fields.returnvalue,
          failedReason: fields.failedReason,
        };
      case 'removed':
        this.memory.delete(jobId);
        // Removing a job that had ended says nothing about its run.
        return ['wait', 'paused', 'prioritized', 'delayed'].includes(
          fields.prev,
        )
          ? { jobId, state: 'cancelled', at, ...known }
          : undefined;
      default:
        return undefined;
    }
  }

  private remember(jobId: string, memory: Memory) {
    this.memory.delete(jobId);
    this.memory.set(jobId, memory);
    for (const oldest of this.memory.keys()) {
      if (this.memory.size <= MAX_REMEMBERED) break;
      this.memory.delete(oldest);
    }
  }
}
