import type {
  PurgeMode,
  PurgeStatus,
} from '@craft-easy/backstage-plugin-operations-common';
import { int, optionalInt, storable } from '../lib/sql';
import type { PurgePosition } from './slices';

/** A purge as it is stored. Times are epoch milliseconds. */
export interface PurgeRow {
  id: string;
  target: string;
  targetTitle: string;
  status: PurgeStatus;
  requestedBy: string;
  cancelledBy?: string;
  reason: string;
  auditId?: string;
  pattern?: string;
  keyCount?: number;
  mode: PurgeMode;
  windowSeconds?: number;
  /** 0: unthrottled */
  keysPerSecond: number;
  estimatedKeys: number;
  createdAt: number;
  startedAt?: number;
  endedAt?: number;
  totalKeys: number;
  progress: PurgeProgress;
  resumed: number;
  error?: string;
}

/** What changes while a purge runs. */
export interface PurgeProgress {
  scanned: number;
  matched: number;
  removed: number;
  skipped: number;
  masters: number;
  mastersDone: number;
  currentRate?: number;
  latencyMs?: number;
}

/** Where a purge goes on: after the journalled keys, which are to be done (again) first. */
export interface PurgeWork {
  keys?: string[];
  position?: PurgePosition;
  journal?: Buffer[];
}

/** Columns of a summary: all but the long texts. */
export const SUMMARY = [
  ...['id', 'target', 'target_title', 'status', 'requested_by'],
  ...['cancelled_by', 'reason', 'audit_id', 'pattern', 'key_count', 'mode'],
  ...['window_seconds', 'keys_per_second', 'estimated_keys', 'created_at'],
  ...['started_at', 'ended_at', 'total_keys', 'scanned', 'matched', 'removed'],
  ...['skipped', 'masters', 'masters_done', 'current_rate', 'latency_ms'],
  ...['resumed', 'error'],
];

export function toColumns(purge: PurgeRow): Record<string, unknown> {
  return {
    id: purge.id,
    target: purge.target,
    target_title: purge.targetTitle,
    status: purge.status,
    requested_by: purge.requestedBy,
    cancelled_by: purge.cancelledBy ?? null,
    reason: storable(purge.reason),
    audit_id: purge.auditId ?? null,
    // as JSON: a pattern may hold what PostgreSQL's text may not
    pattern: purge.pattern === undefined ? null : JSON.stringify(purge.pattern),
    key_count: purge.keyCount ?? null,
    mode: purge.mode,
    window_seconds: purge.windowSeconds ?? null,
    keys_per_second: purge.keysPerSecond,
    estimated_keys: purge.estimatedKeys,
    created_at: purge.createdAt,
    started_at: purge.startedAt ?? null,
    ended_at: purge.endedAt ?? null,
    total_keys: purge.totalKeys,
    resumed: purge.resumed,
    error: purge.error ?? null,
    ...progressColumns(purge.progress),
  };
}

export function progressColumns(p: PurgeProgress): Record<string, unknown> {
  return {
    scanned: p.scanned,
    matched: p.matched,
    removed: p.removed,
    skipped: p.skipped,
    masters: p.masters,
    masters_done: p.mastersDone,
    current_rate: p.currentRate ?? null,
    latency_ms: p.latencyMs ?? null,
  };
}

export function fromColumns(row: Record<string, any>): PurgeRow {
  return {
    id: row.id,
    target: row.target,
    targetTitle: row.target_title,
    status: row.status,
    requestedBy: row.requested_by,
    cancelledBy: row.cancelled_by ?? undefined,
    reason: row.reason,
    auditId: row.audit_id ?? undefined,
    pattern: row.pattern === null ? undefined : JSON.parse(row.pattern),
    keyCount: optionalInt(row.key_count),
    mode: row.mode,
    windowSeconds: optionalInt(row.window_seconds),
    keysPerSecond: int(row.keys_per_second),
    estimatedKeys: int(row.estimated_keys),
    createdAt: int(row.created_at),
    startedAt: optionalInt(row.started_at),
    endedAt: optionalInt(row.ended_at),
    totalKeys: int(row.total_keys),
    resumed: int(row.resumed),
    error: row.error ?? undefined,
    progress: {
      scanned: int(row.scanned),
      matched: int(row.matched),
      removed: int(row.removed),
      skipped: int(row.skipped),
      masters: int(row.masters),
      mastersDone: int(row.masters_done),
      currentRate: row.current_rate ?? undefined,
      latencyMs: row.latency_ms ?? undefined,
    },
  };
}

/** Keys are bytes, not text: base64, one after the other. */
export function encodeJournal(keys: Buffer[]): string {
  return keys.map(key => key.toString('base64')).join(' ');
}

export function decodeJournal(text: string): Buffer[] {
  // a scan may have returned a key twice
  return [...new Set(text.split(' '))].map(key => Buffer.from(key, 'base64'));
}
