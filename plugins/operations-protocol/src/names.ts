/*
 * How names become parts of keys, queues and ids.
 *
 * Jobs and tenants are called as their platform calls them. A queue, a Redis key, a run's id and a
 * catalog entity allow fewer characters and less room. All of them follow from the functions
 * below. Each is injective: two names never share a queue, a key, a run or an entity.
 *
 * `golden/names.json` holds cases that an implementation in any language must agree with.
 */
import { sha256 } from '@noble/hashes/sha2.js';

/** Most characters of a queue's name, and of a run's id. */
const MAX_LENGTH = 200;
/** Room for the job, the tenant and the engine's own id in a run's id. */
const MAX_JOB_PART = 80;
const MAX_TENANT_PART = 104;
const MAX_ENGINE_ID_PART = 108;

/** Mark of a name that was cut; no escaped name holds it. */
const CUT = '~~';

/** Id of a job that a BullMQ scheduler made, with the scheduler's name and the slot. */
const SCHEDULED = /^repeat:(.*):(0|[1-9]\d{0,14})$/s;

/** Every character but those that are kept; an escaped byte begins with `~`. */
const ESCAPED = /[^A-Za-z0-9_-]/gu;
const ESCAPED_BUT_DOTS = /[^A-Za-z0-9._-]/gu;

/**
 * Encodes a name: keeps `A-Z a-z 0-9 _ -`, and writes each byte of any other character (in UTF-8)
 * as `~` and two upper-case hex digits.
 * @param maxLength - a longer result is cut, see {@link cutName}
 */
export function encodeName(text: string, maxLength = Infinity): string {
  return cutName(text.replace(ESCAPED, escape), maxLength);
}

/**
 * Encodes a tenant's id: as {@link encodeName}, and keeps dots too. The tenant is the last part of
 * a run's id, so a dot in it is no separator.
 */
export function encodeTenant(tenant: string, maxLength = Infinity): string {
  return cutName(tenant.replace(ESCAPED_BUT_DOTS, escape), maxLength);
}

/**
 * An encoded name that fits. One that is too long is cut, not within an escaped byte, and ends with
 * `~~` and the first 32 hex digits of its SHA-256.
 */
export function cutName(encoded: string, maxLength: number): string {
  if (encoded.length <= maxLength) return encoded;
  const mark = `${CUT}${hashOf(encoded, 32)}`;
  const head = encoded.slice(0, maxLength - mark.length);
  return `${head.replace(/~[0-9A-F]?$/, '')}${mark}`;
}

/** The first hex digits, in lower case, of the SHA-256 of a text. */
export function hashOf(text: string, digits: number): string {
  return hex(sha256(new TextEncoder().encode(text))).slice(0, digits);
}

/** Name of the queue, and of its scheduler, of a job that a platform declares. */
export function queueOf(job: string): string {
  return encodeName(job, MAX_LENGTH);
}

/** The job whose queue has this name; `undefined` where no job's has, or its name was cut. */
export function jobOfQueue(queue: string): string | undefined {
  const job = queue.replace(/~([0-9A-F]{2})/g, (_, byte) =>
    String.fromCharCode(parseInt(byte, 16)),
  );
  return queueOf(job) === queue ? job : undefined;
}

/** Id of a run that somebody requests; `unique` is a UUID. */
export function requestedRunId(job: string, unique: string): string {
  return `${encodeName(job, MAX_JOB_PART)}.${unique}`;
}

/**
 * Id of the run of a schedule's slot: the same on every machine.
 * @param slot - epoch ms
 */
export function slotRunId(job: string, slot: number): string {
  return `${encodeName(job, MAX_JOB_PART)}.${slot}`;
}

/**
 * Id of a tenant's run of a schedule's slot: the same on every machine, so that fanning a slot out
 * twice adds nothing.
 * @param slot - epoch ms
 */
export function tenantRunId(job: string, slot: number, tenant: string): string {
  return `${slotRunId(job, slot)}.${encodeTenant(tenant, MAX_TENANT_PART)}`;
}

/**
 * Id of a run that the portal did not name: `<job>.<engine's id>_<creation time in base 36>`. The
 * time is part of it because an engine may give an id again once its job is removed. A BullMQ
 * scheduler's job is identified by its slot.
 * @param createdAt - when the engine's job was created, epoch ms
 * @public
 */
export function derivedRunId(
  job: string,
  engineJobId: string,
  createdAt: number,
): string {
  const [, scheduler, slot] = SCHEDULED.exec(engineJobId) ?? [];
  if (slot !== undefined && scheduler === queueOf(job)) {
    return slotRunId(job, Number(slot));
  }
  const prefix = derivedRunPrefix(job, engineJobId);
  return slot === undefined
    ? `${prefix}${timePart(createdAt)}`
    : prefix.slice(0, -1);
}

/**
 * Id of a run that its job reports over HTTP under an id of its own. No other id has two dots after
 * the job, so nobody who reports for a job of one engine has a run of another's.
 * @param reported - at most 100 characters
 */
export function reportedRunId(job: string, reported: string): string {
  return `${encodeName(job, MAX_JOB_PART)}..${encodeName(
    reported,
    MAX_ENGINE_ID_PART,
  )}`;
}

/** What the ids of all runs begin with that an engine's id was given to. */
export function derivedRunPrefix(job: string, engineJobId: string): string {
  const id = encodeName(engineJobId, MAX_ENGINE_ID_PART);
  return `${encodeName(job, MAX_JOB_PART)}.${id}_`;
}

/**
 * When the engine's job of a {@link derivedRunId} was created, epoch ms; `undefined` where the
 * run's id does not say.
 */
export function creationOf(
  job: string,
  engineJobId: string,
  runId: string,
): number | undefined {
  const createdAt = parseInt(runId.slice(runId.lastIndexOf('_') + 1), 36);
  return derivedRunId(job, engineJobId, createdAt) === runId &&
    !SCHEDULED.test(engineJobId)
    ? createdAt
    : undefined;
}

/**
 * Id for what is refused of a run that itself stays as it is. `~` and a lower-case letter begin no
 * escaped byte: no other run has such an id.
 * @param suffix - begins with a lower-case letter
 */
export function separateRunId(runId: string, suffix: string): string {
  return `${cutName(runId, MAX_LENGTH - 40)}~${suffix}`;
}

function escape(character: string): string {
  return [...new TextEncoder().encode(character)]
    .map(byte => `~${hex([byte]).toUpperCase()}`)
    .join('');
}

function hex(bytes: Iterable<number>): string {
  return Array.from(bytes, byte => byte.toString(16).padStart(2, '0')).join('');
}

/** Whole milliseconds; a time that nobody can read counts as 0. */
function timePart(epochMs: number): string {
  return (Number.isFinite(epochMs) ? Math.max(0, Math.trunc(epochMs)) : 0)
    .toString(36)
    .slice(0, 10);
}
