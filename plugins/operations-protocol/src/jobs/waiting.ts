/**
 * Since when a BullMQ job waits: since a worker could have taken it. A job's creation is something
 * else: a delayed job waits for nobody before it is due, a retried one not before its pause is
 * over, and a scheduler makes the next job a whole interval ahead.
 */

/** What is known of how a job came to wait. */
export interface WaitFacts {
  /** epoch ms, by the clock of whoever added the job */
  createdAt: number;
  /** with which the job was added */
  delayMs?: number;
  /** slot of its scheduler, epoch ms */
  slot?: number;
  /** a worker had the job before */
  isAgain?: boolean;
  /** what the queue's events say of the job */
  moves?: WaitMoves;
}

/** The last time that a job was put among those that wait. */
export interface WaitMoves {
  /** epoch ms: the job was put among those that may be taken */
  waitingAt?: number;
  /** epoch ms: until when the job was put back before */
  dueAt?: number;
}

/** As many events as are looked through for a job. */
export const MAX_EVENTS_READ = 1_000;

/**
 * Since when a job that waits could have been taken, epoch ms; for one that is not due yet, when it
 * can be. A job that became due while all workers were busy waits since it was due; one that was
 * promoted before, since then.
 * @returns undefined if that is not known
 */
export function waitingSince(facts: WaitFacts): number | undefined {
  const { createdAt, delayMs = 0, slot, isAgain = false, moves = {} } = facts;
  const { waitingAt } = moves;
  if (!isAgain && delayMs <= 0 && slot === undefined) return createdAt;
  const due =
    moves.dueAt ?? (isAgain ? undefined : slot ?? createdAt + delayMs);
  if (waitingAt === undefined) return due;
  return due === undefined ? waitingAt : Math.min(due, waitingAt);
}

/**
 * Whether only the queue's events can say since when a job waits.
 * @param now - epoch ms, by the clock of the queue
 */
export function needsMoves(facts: WaitFacts, now: number): boolean {
  return facts.isAgain || (waitingSince(facts) ?? 0) > now;
}

/**
 * Reads the last moves of a job.
 * @param events - entries of the queue's event stream, the newest first: id, and fields with their
 *   values in turn
 */
export function readMoves(
  events: ReadonlyArray<[id: string, fields: string[]]>,
  jobId: string,
): WaitMoves {
  const moves: WaitMoves = {};
  for (const [id, flat] of events) {
    const fields: Record<string, string> = {};
    for (let i = 0; i + 1 < flat.length; i += 2) fields[flat[i]] = flat[i + 1];
    if (fields.jobId !== jobId) continue;
    switch (fields.event) {
      case 'waiting':
        if (moves.waitingAt !== undefined) return moves;
        moves.waitingAt = Number(id.split('-')[0]);
        if (fields.prev !== 'delayed') return moves;
        break;
      case 'delayed':
        return { ...moves, dueAt: Number(fields.delay) };
      case 'added':
        return moves;
      default:
      // the event of the worker that takes the job now, or of its progress
    }
  }
  return moves;
}
