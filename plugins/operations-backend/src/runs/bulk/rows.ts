import type {
  RunBulkAction,
  RunBulkItemState,
} from '@craft-easy/backstage-plugin-operations-common/internal';
import { bulkColumns } from '../../bulk/BulkStore';
import type { BulkKind } from '../../bulk/kinds';
import { LOCKS } from '../../lib/sql';
import {
  bigint,
  float,
  nullable,
  Table,
  text,
  type RowOf,
} from '../../lib/table';

export const RUN_BULK_KIND = {
  bulks: 'run_bulks',
  items: 'run_bulk_items',
  lock: LOCKS.runBulks,
  ended: ['succeeded', 'failed', 'refused', 'stopped'],
} as const satisfies BulkKind;

/** Bulk actions on runs. */
export const RUN_BULKS = new Table('run_bulks', {
  ...bulkColumns(),
  action: text<RunBulkAction>(),
  /** the service, where one acted for the person who requested it */
  through: nullable(text()),
  jobs: bigint(),
  perSecond: float(),
  succeeded: bigint(),
});
export type RunBulkRow = RowOf<typeof RUN_BULKS>;

/** The runs of bulk actions. */
export const ITEMS = new Table('run_bulk_items', {
  id: text(),
  bulkId: text(),
  runId: text(),
  jobId: text(),
  /** '' where the run is for none */
  tenant: text(),
  state: text<RunBulkItemState>(),
  /** the run that retries it */
  madeRunId: nullable(text()),
  rank: bigint(),
  sentAt: nullable(bigint()),
  endedAt: nullable(bigint()),
  message: nullable(text()),
});
export type ItemRow = RowOf<typeof ITEMS>;

/** States of an item that has not ended. */
export const ACTIVE = `('pending', 'sending', 'sent')`;

/** Runs of one job and tenant, which go at one pace. */
export interface Lane {
  jobId: string;
  tenant: string;
}

export function laneName({ jobId, tenant }: Lane): string {
  return JSON.stringify([jobId, tenant]);
}
