/*
 * What the reports of a run say together.
 *
 * Requests are repeated, overtake each other and get lost; two machines may report one run, and
 * their clocks differ. So nothing here depends on the order in which reports come. Facts are joined
 * field by field, by a rule that does not care which side came first, and that a repetition does
 * not change: the earliest start, the furthest progress, the earliest end, each line of the log by
 * its number. Whatever set of reports arrived, in whatever order, the history is that of the same
 * reports in order.
 */
import { LOG_LIMITS } from '@craft-easy/backstage-plugin-operations-protocol/internal';

/** How a run ended, as one report has it. */
export interface RunEnd {
  /** epoch ms, by the portal's clock */
  at: number;
  exitCode?: number;
  signal?: string;
  outcome?: 'cancelled' | 'timed-out' | 'not-started';
  durationMs?: number;
  message?: string;
}

/** Lines of a log: number → time (epoch ms) and text. */
export type Lines = Record<string, [at: number, text: string]>;

/** What is known of a run; JSON. Times are epoch milliseconds by the portal's clock. */
export interface RunFacts {
  /** when the earliest thing happened that was reported */
  since: number;
  startedAt?: number;
  percent?: number;
  end?: RunEnd;
  /** the end came with the last lines of the log: the numbered ones do not count */
  hasTail?: true;
  lines?: Lines;
  host?: string;
  tenant?: string;
}

/**
 * Joins what is known with what a report says. Neither is changed. The same facts are always the
 * same JSON.
 */
export function joinFacts(a: RunFacts | undefined, b: RunFacts): RunFacts {
  const lines = joinLines(a?.lines, b.lines);
  return withoutAbsent({
    since: Math.min(a?.since ?? b.since, b.since),
    startedAt: least(a?.startedAt, b.startedAt),
    percent: greatest(a?.percent, b.percent),
    end: firstEnd(a?.end, b.end),
    hasTail: a?.hasTail ?? b.hasTail,
    lines: lines && lastLines(lines),
    host: least(a?.host, b.host),
    tenant: least(a?.tenant, b.tenant),
  });
}

function least<T extends number | string>(a?: T, b?: T): T | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return a < b ? a : b;
}

function greatest(a?: number, b?: number): number | undefined {
  return a === undefined || b === undefined ? a ?? b : Math.max(a, b);
}

/** A run ends once: of two reports the earlier counts, of two at one moment always the same. */
function firstEnd(a?: RunEnd, b?: RunEnd): RunEnd | undefined {
  if (!a || !b) return a ?? b;
  if (a.at !== b.at) return a.at < b.at ? a : b;
  return keyOf(a) <= keyOf(b) ? a : b;
}

function keyOf(end: RunEnd): string {
  const { exitCode, signal, outcome, durationMs, message } = end;
  return JSON.stringify([exitCode, signal, outcome, durationMs, message]);
}

function joinLines(a?: Lines, b?: Lines): Lines | undefined {
  if (!a || !b) return a ?? b;
  const joined: Lines = { ...a };
  for (const [n, line] of Object.entries(b)) {
    const known = joined[n];
    joined[n] = known ? sameLine(known, line) : line;
  }
  return joined;
}

/** Of two texts under one number the longer one counts, so that a line never gets shorter. */
function sameLine(a: Lines[string], b: Lines[string]): Lines[string] {
  const at = Math.min(a[0], b[0]);
  const [x, y] = [a[1], b[1]];
  if (x.length !== y.length) return [at, x.length > y.length ? x : y];
  return [at, x > y ? x : y];
}

/**
 * The last lines, as many as a run keeps. A line is left out if it and all that follow take too
 * much room: further lines never bring it back.
 */
function lastLines(lines: Lines): Lines {
  const numbers = Object.keys(lines)
    .map(Number)
    .sort((a, b) => b - a);
  const kept: Lines = {};
  let room: number = LOG_LIMITS.tailBytes;
  for (const n of numbers.slice(0, LOG_LIMITS.tailLines)) {
    room -= Buffer.byteLength(lines[n][1]);
    if (room < 0) break;
    kept[n] = lines[n];
  }
  return kept;
}

function withoutAbsent(facts: RunFacts): RunFacts {
  const entries = Object.entries(facts).filter(([, v]) => v !== undefined);
  return Object.fromEntries(entries) as unknown as RunFacts;
}
