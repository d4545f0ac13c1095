import type { WaitMoves } from '@craft-easy/backstage-plugin-operations-protocol/internal';
import type { QueueEvent } from '../bullmqInternals';
import { isEnd, type Sighting } from './toRecord';

/** What is remembered of a job between its events. */
interface Memory {
  /** as its hash says */
  createdAt?: number;
  queuedAt?: number;
  /** how it was put among those that wait, the last time */
  moves?: WaitMoves;
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
    const creations = this.takeCreations(events);
    for (const { id, fields } of events) {
      const { event, jobId } = fields;
      if (!jobId) continue;
      const at = timeOf(id);
      if (event === 'added') this.begin(jobId, creations.get(id));
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
   * Takes what hashes said of jobs before their `added` events were read. Of several events that
   * added a job of the same id, it belongs to the one nearest in time.
   * @returns creation times by the events' ids
   */
  private takeCreations(events: QueueEvent[]): Map<string, number> {
    const nearest = new Map<string, QueueEvent>();
    for (const event of events) {
      const { jobId } = event.fields;
      const { createdAt, queuedAt } = this.memory.get(jobId) ?? {};
      const isOpen = createdAt !== undefined && queuedAt === undefined;
      if (event.fields.event !== 'added' || !isOpen) continue;
      const distanceOf = ({ id }: QueueEvent) =>
        Math.abs(timeOf(id) - createdAt);
      const best = nearest.get(jobId);
      if (distanceOf(event) > CREATED_BEFORE_MS) continue;
      if (!best || distanceOf(event) <= distanceOf(best)) {
        nearest.set(jobId, event);
      }
    }
    return new Map(
      [...nearest].map(([jobId, { id }]) => [
        id,
        this.memory.get(jobId)!.createdAt!,
      ]),
    );
  }

  /** A job was added. What else is known under its id is of an earlier one. */
  private begin(jobId: string, createdAt: number | undefined) {
    this.memory.delete(jobId);
    if (createdAt !== undefined) this.noteCreation(jobId, createdAt);
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
        known.moves = movesAfter(known.moves, event, at, fields);
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

function movesAfter(
  moves: WaitMoves | undefined,
  event: string,
  at: number,
  { delay, prev }: Record<string, string>,
): WaitMoves | undefined {
  if (event === 'delayed') return { dueAt: Number(delay) };
  if (event !== 'waiting') return moves;
  return {
    waitingAt: at,
    dueAt: prev === 'delayed' ? moves?.dueAt : undefined,
  };
}

/** When an event happened, by the queue's server. */
function timeOf(eventId: string): number {
  return Number(eventId.split('-')[0]);
}
