import {
  LOG_LIMITS,
  type RedactText,
} from '@craft-easy/backstage-plugin-operations-protocol';
import type { OperationsRedis } from '@craft-easy/backstage-plugin-operations-node';
import type { LogReader } from '../jobs/ports';

type Entry = [id: string, fields: string[]];
type Query = Parameters<LogReader['read']>[1];

/**
 * Reads logs by their line numbers. These are the ids of the entries, so that any part of a log is
 * found at once, however long the log is. Bytes that are not UTF-8 arrive as U+FFFD; control
 * characters stay as they are, and the pages show them as text.
 */
export function createLogReader(
  redis: OperationsRedis,
  redact: RedactText = text => text,
): LogReader {
  return {
    async read(runId, query) {
      const key = redis.keys.log(runId);
      const [entries, newest] = await redis.run(client =>
        Promise.all([
          select(query, {
            forwards: (from, count) =>
              client.xrange(key, from, '+', 'COUNT', count),
            backwards: (to, count) =>
              client.xrevrange(key, to, '-', 'COUNT', count),
          }),
          client.xrevrange(key, '+', '-', 'COUNT', 1),
        ]),
      );
      if (newest.length === 0) return undefined;
      return {
        lines: entries.map(toLine).map(line => ({
          ...line,
          // the SDK redacts on the worker; this is for workers without it
          text: redact(line.text),
        })),
        totalLines: lineNumber(newest[0]),
      };
    },
  };
}

/** Lines in ascending order, whichever part is asked for. */
async function select(
  query: Query,
  ranges: Record<
    'forwards' | 'backwards',
    (from: string, count: number) => Promise<Entry[]>
  >,
): Promise<Entry[]> {
  const { tail, after, before, limit } = query;
  if (after !== undefined) return ranges.forwards(`${after + 1}-0`, limit);
  if (before !== undefined && before <= 1) return [];
  const entries =
    before !== undefined
      ? await ranges.backwards(`${before - 1}-0`, limit)
      : await ranges.backwards('+', tail ?? limit);
  return entries.reverse();
}

function lineNumber([id]: Entry): number {
  return Number(id.split('-')[0]);
}

function toLine(entry: Entry) {
  const [, fields] = entry;
  const text = value(fields, 'x') ?? '';
  return {
    n: lineNumber(entry),
    time: isoTime(value(fields, 't')),
    // the SDK cuts long lines; this is for workers without it
    text: text.slice(0, LOG_LIMITS.maxLineBytes),
  };
}

function value(fields: string[], name: string): string | undefined {
  for (let i = 0; i + 1 < fields.length; i += 2) {
    if (fields[i] === name) return fields[i + 1];
  }
  return undefined;
}

/** Largest time that a Date holds. */
const MAX_TIME = 8.64e15;

function isoTime(epochMs: string | undefined): string {
  const time = Number(epochMs);
  return new Date(Math.abs(time) <= MAX_TIME ? time : 0).toISOString();
}
