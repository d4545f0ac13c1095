import {
  tenantProblem,
  waitingSince,
  type WaitMoves,
} from '@craft-easy/backstage-plugin-operations-protocol/internal';
import {
  derivedRunId,
  type RunRecordInput,
} from '@craft-easy/backstage-plugin-operations-protocol';
import { delayOf, slotOf, type JobFields } from '../bullmqInternals';

/** What a job was seen doing. */
export interface Sighting {
  jobId: string;
  state: 'queued' | 'running' | 'succeeded' | 'failed' | 'cancelled';
  /** epoch ms */
  at: number;
  /** Of an ended job, from the event; all there is if the job was removed. */
  returnvalue?: string;
  failedReason?: string;
  /**
   * When the job was created, as its hash says; known where the hash was read before the job went.
   */
  createdAt?: number;
  /** The run that it is known to be. */
  runId?: string;
  /** Another job has its id by now: the hash is not its own. */
  isReplaced?: boolean;
  /** From earlier events. */
  queuedAt?: number;
  moves?: WaitMoves;
  startedAt?: number;
  attempt?: number;
}

/** How the queue is shown. */
export interface ShownAs {
  job: string;
  tenantField?: string;
  showData: boolean;
}

/** A run carries at most this much of a job's data, and of its result. */
const MAX_JSON_LENGTH = 16 * 1024;
/** The clocks of a queue's clients and of its server may differ by this much. */
const CLOCK_TOLERANCE_MS = 1_000;

/** What is reported of a job on a foreign queue. */
export function toRecord(
  sighting: Sighting,
  fields: JobFields,
  shown: ShownAs,
): RunRecordInput {
  const seen = overtaken(sighting, fields);
  const made = Number(fields.atm ?? fields.attemptsMade ?? 0);
  const ended = isEnd(seen);
  const ran = seen.state === 'succeeded' || seen.state === 'failed';
  // `made` counts attempts that ended: the current one comes after them, an ended one is the last.
  const attempt = ran ? made || seen.attempt || 1 : made + 1;
  const createdAt = creationOf(fields) ?? seen.createdAt;
  // the run is known by when the job was created, and waits since a worker could have taken it
  const identifiedAt = createdAt ?? seen.queuedAt ?? seen.at;
  const slot = slotOf(seen.jobId, fields.rjk);
  const queuedAt =
    waitingSince({
      ...{ createdAt: identifiedAt, delayMs: delayOf(fields.opts), slot },
      ...{ isAgain: attempt > 1, moves: seen.moves },
    }) ?? identifiedAt;
  const startedAt =
    seen.state === 'queued' || seen.state === 'cancelled'
      ? undefined
      : number(fields.processedOn) ?? seen.startedAt;
  const endedAt = ended ? number(fields.finishedOn) ?? seen.at : undefined;
  const waitsFirst = seen.state === 'queued' && made === 0;
  const data = parse(fields.data);
  return {
    v: 1,
    id: seen.runId ?? derivedRunId(shown.job, seen.jobId, identifiedAt),
    engine: 'bullmq',
    job: shown.job,
    engineJobId: seen.jobId.slice(0, 300),
    state: seen.state,
    attempt: Math.max(1, attempt),
    at: iso(endedAt ?? startedAt ?? (waitsFirst ? identifiedAt : seen.at))!,
    trigger: fields.rjk ? 'schedule' : 'api',
    tenant: tenantOf(data, shown.tenantField),
    parameters: shown.showData ? parametersOf(data, fields.data) : undefined,
    scheduledFor: iso(slot),
    queuedAt: iso(queuedAt),
    startedAt: iso(startedAt),
    endedAt: iso(endedAt),
    progress: seen.state === 'running' ? progressOf(fields) : undefined,
    exitCode: exitCodeOf(seen.state),
    error: errorOf(seen, fields, made),
    result:
      shown.showData && seen.state === 'succeeded'
        ? small(fields.returnvalue ?? seen.returnvalue)
        : undefined,
  };
}

/** When a job was created, epoch ms. */
export function creationOf({ timestamp }: JobFields): number | undefined {
  return number(timestamp);
}

/** Whether a sighting is of the end of a job. */
export function isEnd({ state }: Sighting): boolean {
  return state !== 'queued' && state !== 'running';
}

/**
 * The hash that was read under a job's id, if it is the job's own. An id may be given to a new job
 * as soon as the one before is removed: then the hash says nothing about the job that has ended.
 */
export function ownFields(
  seen: Sighting,
  fields: JobFields | undefined,
): JobFields | undefined {
  const createdAt = fields && creationOf(fields);
  if (!fields || seen.isReplaced) return undefined;
  if (createdAt === undefined || !isEnd(seen)) return fields;
  const isOther =
    seen.createdAt === undefined
      ? createdAt > seen.at + CLOCK_TOLERANCE_MS
      : createdAt !== seen.createdAt;
  const wasNeverTried =
    number(fields.finishedOn) === undefined &&
    !Number(fields.atm ?? fields.attemptsMade ?? 0);
  return isOther || wasNeverTried ? undefined : fields;
}

/** The hash may be newer than the event that led to it: a job that has ended is not running. */
function overtaken(seen: Sighting, fields: JobFields): Sighting {
  const isEnded = number(fields.finishedOn) !== undefined;
  if (!isEnded || isEnd(seen)) return seen;
  const succeeded = typeof fields.returnvalue === 'string';
  return { ...seen, state: succeeded ? 'succeeded' : 'failed' };
}

function exitCodeOf(state: Sighting['state']): number | undefined {
  if (state === 'succeeded') return 0;
  return state === 'failed' ? 1 : undefined;
}

/** The error of a failed job, or of the last attempt of a job that waits for the next one. */
function errorOf(seen: Sighting, fields: JobFields, made: number) {
  const message = fields.failedReason ?? seen.failedReason;
  const retried = seen.state === 'queued' && made > 0;
  if (seen.state !== 'failed' && !(retried && message)) return undefined;
  const stacks = parse(fields.stacktrace);
  const stack = Array.isArray(stacks) ? stacks.at(-1) : undefined;
  return {
    name: 'Error',
    message: (message ?? 'It failed without a reason').slice(0, 4000),
    stack: typeof stack === 'string' ? stack.slice(0, 16_000) : undefined,
  };
}

function tenantOf(data: unknown, field: string | undefined) {
  if (!field || !isObject(data)) return undefined;
  const tenant = data[field];
  if (typeof tenant !== 'string' && typeof tenant !== 'number')
    return undefined;
  const text = String(tenant);
  return tenantProblem(text) ? undefined : text;
}

function parametersOf(data: unknown, text: string | null | undefined) {
  if (!text || text.length > MAX_JSON_LENGTH) return undefined;
  if (isObject(data)) return data;
  return data === undefined || data === null ? undefined : { data };
}

function small(text: string | null | undefined): unknown {
  return text && text.length <= MAX_JSON_LENGTH ? parse(text) : undefined;
}

function progressOf({ progress }: JobFields): number | undefined {
  const value = number(progress);
  return value !== undefined && value >= 0 && value <= 100 ? value : undefined;
}

function number(text: string | null | undefined): number | undefined {
  if (text === null || text === undefined || text === '') return undefined;
  const value = Number(text);
  return Number.isFinite(value) ? value : undefined;
}

function iso(epochMs: number | undefined): string | undefined {
  return epochMs === undefined || Math.abs(epochMs) > 8.64e15
    ? undefined
    : new Date(epochMs).toISOString();
}

function parse(text: string | null | undefined): unknown {
  if (!text) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    // Another format: the run is shown without it.
    return undefined;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
