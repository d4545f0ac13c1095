import type { QueueEvent } from '../bullmqInternals';
import type { Sighting } from './toRecord';

/** What is remembered of a job between its events. */
interface Memory {
  queuedAt?: number;
  startedAt?: number;
  attempt: number;
}

/** Jobs remembered, for those whose hash is gone at their end. */
const MAX_REMEMBERED = 50_000;

/** Reads a queue's events as sightings of its jobs; of each job the last event counts. */
export class Sightings {
  private readonly memory = new Map<string, Memory>();

  read(events: QueueEvent[]): Sighting[] {
    const last = new Map<string, Sighting>();
    for (const { id, fields } of events) {
      const { event, jobId } = fields;
      if (!jobId) continue;
      const at = Number(id.split('-')[0]);
      const sighting = this.sight(event, jobId, at, fields);
      if (sighting) last.set(jobId, sighting);
    }
    return [...last.values()];
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
