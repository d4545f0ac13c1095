/** What the history holds of a run: the record that follows from what is known of it. */
import {
  LOG_LIMITS,
  type LogTail,
} from '@craft-easy/backstage-plugin-operations-protocol/internal';
import type {
  JobRegistration,
  RunRecord,
} from '@craft-easy/backstage-plugin-operations-protocol';
import type { RunEnd, RunFacts } from './facts';

/** Name of the engine. */
export const ENGINE = 'checkin';

/** The report of an end that came just before the limit may be on its way. */
const GRACE_MS = 60_000;

/** A run by its two names. */
export interface RunNames {
  /** id in the history */
  runId: string;
  job: string;
  /** the caller's own id */
  reported: string;
}

/**
 * The record of a run.
 *
 * @param tail - the last lines of its log, where the report of its end brought them
 */
export function recordOf(
  { runId, job, reported }: RunNames,
  facts: RunFacts,
  registration: Pick<JobRegistration, 'schedule'>,
  tail?: LogTail,
): RunRecord {
  const { end, percent, host, tenant } = facts;
  const started = startOf(facts);
  const ended = end && endOf(end, started);
  return {
    v: 1,
    id: runId,
    engine: ENGINE,
    job,
    engineJobId: reported,
    attempt: 1,
    // a run that was not started is for no slot
    trigger:
      registration.schedule && end?.outcome !== 'not-started'
        ? 'schedule'
        : 'api',
    dryRun: false,
    ...(tenant && { tenant }),
    ...(started !== undefined && { startedAt: iso(started) }),
    ...(host && { result: { host } }),
    ...(percent !== undefined && { progress: percent }),
    ...logOf(facts, tail),
    ...(end && ended !== undefined
      ? { ...outcomeOf(end), at: iso(ended), endedAt: iso(ended) }
      : { state: 'running', at: iso(started ?? facts.since) }),
  };
}

/** When a run is lost, epoch ms; none once its end is known. */
export function deadlineOf(
  facts: RunFacts,
  registration: Pick<JobRegistration, 'timeoutMs'>,
  usualMs: number,
): number | undefined {
  if (facts.end) return undefined;
  return (
    (startOf(facts) ?? facts.since) +
    (registration.timeoutMs ?? usualMs) +
    GRACE_MS
  );
}

/** The record of a run whose end nobody reported. */
export function lostRecordOf(running: RunRecord, now: number): RunRecord {
  const at = iso(now);
  return {
    ...running,
    state: 'lost',
    at,
    endedAt: at,
    error: {
      name: 'NoEndReported',
      message: `Its start was reported, and no end within its limit. How far the run got is not known.`,
    },
  };
}

/** When it began: as reported, else by its end and duration, else when it was first heard of. */
function startOf({ startedAt, end, since }: RunFacts): number | undefined {
  if (startedAt !== undefined) return startedAt;
  if (end?.durationMs !== undefined) return Math.round(end.at - end.durationMs);
  return !end || since < end.at ? since : undefined;
}

/** A duration is measured by one clock; two moments may be of two. */
function endOf(end: RunEnd, started: number | undefined): number {
  if (started === undefined) return end.at;
  return end.durationMs === undefined
    ? Math.max(started, end.at)
    : Math.round(started + end.durationMs);
}

function outcomeOf(
  end: RunEnd,
): Pick<RunRecord, 'state' | 'exitCode' | 'error' | 'refusal'> {
  const { exitCode, signal, outcome } = end;
  const common = exitCode === undefined ? {} : { exitCode };
  if (outcome === 'not-started') {
    const message = end.message ?? 'Its guard did not start it';
    return { state: 'refused', refusal: { rule: 'guard', message } };
  }
  if (outcome === 'cancelled') return { ...common, state: 'cancelled' };
  const failed = signal !== undefined || exitCode !== 0;
  if (!failed && !outcome) return { ...common, state: 'succeeded' };
  return { ...common, state: outcome ?? 'failed', error: errorOf(end) };
}

function errorOf({ exitCode, signal, message, outcome }: RunEnd) {
  if (message) return { name: 'Failed', message };
  if (outcome === 'timed-out') {
    return { name: 'TimedOut', message: 'It was ended at its time limit' };
  }
  return signal === undefined
    ? { name: 'ExitCode', message: `Ended with exit code ${exitCode}` }
    : { name: 'Signal', message: `Ended by the signal ${signal}` };
}

function logOf(
  { lines = {}, hasTail }: RunFacts,
  tail: LogTail | undefined,
): Pick<RunRecord, 'log'> {
  if (tail) return { log: tail };
  const numbers = Object.keys(lines)
    .map(Number)
    .sort((a, b) => a - b);
  if (hasTail || !numbers.length) return {};
  return {
    log: {
      lines: numbers.map(n => ({
        n,
        time: iso(lines[n][0]),
        text: lines[n][1],
      })),
      totalLines: numbers.at(-1)!,
    },
  };
}

/**
 * The last lines of a text, as many as a run keeps.
 *
 * @param total - how many lines the whole log has; default: as many as the text
 */
export function tailOf(text: string, at: number, total?: number): LogTail {
  const all = linesOf(text);
  const totalLines = Math.max(total ?? 0, all.length);
  let room: number = LOG_LIMITS.tailBytes;
  const texts: string[] = [];
  for (const line of all.slice(-LOG_LIMITS.tailLines).reverse()) {
    room -= Buffer.byteLength(line);
    if (room < 0) break;
    texts.unshift(line);
  }
  const first = totalLines - texts.length + 1;
  return {
    totalLines,
    lines: texts.map((line, i) => ({
      n: first + i,
      time: iso(at),
      text: line,
    })),
  };
}

/** The lines of a text without their ends; a long one is cut. */
export function linesOf(text: string): string[] {
  const lines = text.split(/\r?\n/);
  if (lines.at(-1) === '') lines.pop();
  return lines.map(cutLine);
}

function cutLine(line: string): string {
  if (Buffer.byteLength(line) <= LOG_LIMITS.maxLineBytes) return line;
  const bytes = Buffer.from(line).subarray(0, LOG_LIMITS.maxLineBytes - 3);
  // a character that was cut in two is left out
  return `${bytes.toString().replace(/\ufffd{1,3}$/, '')}…`;
}

function iso(epochMs: number): string {
  return new Date(epochMs).toISOString();
}
