import type {
  PurgeMode,
  PurgeStatus,
} from '@craft-easy/backstage-plugin-operations-common';
import { storable } from '../lib/sql';
import {
  bigint,
  float,
  integer,
  json,
  optional,
  Table,
  text,
  type RowOf,
} from '../lib/table';
import type { PurgePosition } from './slices';

/** What changes while a purge is executed. */
const PROGRESS = new Table('cache_purges', {
  scanned: bigint(),
  matched: bigint(),
  removed: bigint(),
  skipped: bigint(),
  masters: integer(),
  mastersDone: integer(),
  currentRate: optional(float()),
  latencyMs: optional(float()),
});
export type PurgeProgress = RowOf<typeof PROGRESS>;

/** A purge without its keys and its place. Times are epoch milliseconds. */
const PURGES = new Table('cache_purges', {
  id: text(),
  target: text(),
  targetTitle: text(),
  status: text<PurgeStatus>(),
  requestedBy: text(),
  cancelledBy: optional(text()),
  reason: text(),
  auditId: optional(text()),
  // as JSON: a pattern may hold what PostgreSQL's text may not
  pattern: optional(json<string>()),
  keyCount: optional(integer()),
  mode: text<PurgeMode>(),
  windowSeconds: optional(integer()),
  /** 0: unthrottled */
  keysPerSecond: integer(),
  estimatedKeys: bigint(),
  createdAt: bigint(),
  startedAt: optional(bigint()),
  endedAt: optional(bigint()),
  totalKeys: bigint(),
  resumed: integer(),
  error: optional(text()),
});
export type PurgeRow = RowOf<typeof PURGES> & { progress: PurgeProgress };

/** Columns of a summary: all but the long texts. */
export const SUMMARY = [...PURGES.columnsExcept(), ...PROGRESS.columnsExcept()];

/** Where a purge continues: after the journalled keys, which are removed (again) first. */
export interface PurgeWork {
  keys?: string[];
  position?: PurgePosition;
  journal?: Buffer[];
}

export function toColumns({ progress, ...purge }: PurgeRow) {
  return {
    ...PURGES.write({ ...purge, reason: storable(purge.reason) }),
    ...progressColumns(progress),
  };
}

export function progressColumns(progress: PurgeProgress) {
  return PROGRESS.write(progress);
}

export function fromColumns(row: Record<string, unknown>): PurgeRow {
  return { ...PURGES.read(row), progress: PROGRESS.read(row) };
}

/** Keys are bytes, not text: base64, one after the other. */
export function encodeJournal(keys: Buffer[]): string {
  return keys.map(key => key.toString('base64')).join(' ');
}

export function decodeJournal(journal: string): Buffer[] {
  // a scan may have returned a key twice
  return [...new Set(journal.split(' '))].map(key =>
    Buffer.from(key, 'base64'),
  );
}
