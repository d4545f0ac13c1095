import { runOrdinal } from '@craft-easy/backstage-plugin-operations-protocol/internal';
import type { RunRecord } from '@craft-easy/backstage-plugin-operations-protocol';
import { groupBy } from '../../lib/groupBy';
import { storable } from '../../lib/sql';
import type { RunRequestRow } from '../runs/RunRequestStore';
import { isFailure, rowOfRecord, type RunRow } from '../runs/runRow';

/** A change of one run that a batch brings: what the database holds, and what it shall hold. */
export interface Transition {
  old?: RunRow;
  row: RunRow;
  /**
   * the record that the row was made from; absent where only the retry's outcome touched the run
   */
  record?: RunRecord;
}

/**
 * What a batch changes, run by run. Records of one run are folded in the order of their ordinals,
 * whatever order they came in, so that repeated and overtaken ones change nothing. At the same
 * ordinal only a running run's progress may move on. Who cancelled a run is kept also where its
 * end was recorded first.
 *
 * @param options.restated - each record says all that is known of its run: at the same ordinal it
 *   replaces the row. Such a correction is no news of a state, and not among the applied.
 */
export function transitionsOf(
  records: RunRecord[],
  stored: Map<string, RunRow>,
  options: {
    requests?: Map<string, RunRequestRow>;
    restated?: boolean;
  } = {},
): { transitions: Map<string, Transition>; applied: RunRecord[] } {
  const { requests = new Map<string, RunRequestRow>(), restated } = options;
  const transitions = new Map<string, Transition>();
  const winners = new Set<RunRecord>();
  for (const [id, list] of groupBy(records, record => record.id)) {
    if (list.length > 1) list.sort((a, b) => runOrdinal(a) - runOrdinal(b));
    const old = stored.get(id);
    let row = old;
    let winner: RunRecord | undefined;
    let corrected: RunRecord | undefined;
    for (const record of list) {
      const ordinal = runOrdinal(record);
      if (!row || ordinal > row.ordinal) {
        row = rowOfRecord(record, row, requests.get(id));
        winner = record;
      } else if (restated && ordinal === row.ordinal) {
        row = rowOfRecord(record, row, requests.get(id));
        corrected = record;
      } else if (ordinal === row.ordinal && movesOn(record, row)) {
        row = { ...row, progress: record.progress ?? null };
        winner = record;
      } else if (record.cancelledBy && row.cancelled_by === null) {
        row = { ...row, cancelled_by: storable(record.cancelledBy) };
      }
    }
    if (row && row !== old) {
      transitions.set(id, { old, row, record: winner ?? corrected });
    }
    if (winner) winners.add(winner);
  }
  // each winner once, even if the very same object was given twice
  return { transitions, applied: records.filter(r => winners.delete(r)) };
}

function movesOn(record: RunRecord, row: RunRow): boolean {
  return (
    (record.state === 'running' || record.state === 'cancelling') &&
    record.progress !== undefined &&
    record.progress > (row.progress ?? -1)
  );
}

/** Whether a transition makes a failure known that was not one before. */
export function becomesFailure(t: Transition): boolean {
  return isFailure(t.row.status) && !(t.old && isFailure(t.old.status));
}
