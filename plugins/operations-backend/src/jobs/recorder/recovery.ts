/**
 * Links retries to what they retry, and counts a failure as recovered once a retry of it (or a
 * retry of that retry) has succeeded.
 */
import { isFailure, type RunRow } from '../runs/runRow';
import { becomesFailure, type Transition } from './transitions';

/** What recovery needs to look up; both answer for many ids at once. */
export interface RunLookup {
  byIds(ids: string[]): Promise<RunRow[]>;
  /**
   * for each id, whether a recorded run that retries it succeeded (or was itself recovered), and
   * the newest that retries it
   */
  retriesOf(
    ids: string[],
  ): Promise<
    Array<{ retry_of: string; id: string; sort_at: number; good: boolean }>
  >;
}

/** A chain of retries longer than this is followed no further in one batch. */
const MAX_CHAIN = 50;

/** Adds to the transitions what the batch's retries change about the runs they retry. */
export async function recover(
  transitions: Map<string, Transition>,
  lookup: RunLookup,
): Promise<void> {
  await recoverLateFailures(transitions, lookup);

  let pending = [...transitions.values()].filter(t => t.row.retry_of);
  for (let depth = 0; pending.length && depth < MAX_CHAIN; depth++) {
    const wanted = [...new Set(pending.map(t => t.row.retry_of!))];
    const missing = wanted.filter(id => !transitions.has(id));
    const loaded = new Map(
      (missing.length ? await lookup.byIds(missing) : []).map(r => [r.id, r]),
    );
    const next: Transition[] = [];
    for (const { row: retry } of pending) {
      const known = transitions.get(retry.retry_of!);
      const current = known?.row ?? loaded.get(retry.retry_of!);
      if (!current || current.id === retry.id) continue;
      const row = { ...current };
      if (
        !row.retried_by ||
        retry.sort_at >= (retryTime(row, transitions) ?? 0)
      ) {
        row.retried_by = retry.id;
      }
      if (isGood(retry) && isFailure(row.status)) row.recovered = true;
      if (
        row.retried_by === current.retried_by &&
        row.recovered === current.recovered
      ) {
        continue;
      }
      const transition = {
        old: known ? known.old : current,
        row,
        record: known?.record,
      };
      transitions.set(row.id, transition);
      loaded.set(row.id, row);
      if (row.recovered && !current.recovered && row.retry_of) {
        next.push(transition);
      }
    }
    pending = next;
  }
}

/** A failure that is reported after its retry: the order of records must not matter. */
async function recoverLateFailures(
  transitions: Map<string, Transition>,
  lookup: RunLookup,
): Promise<void> {
  const failures = [...transitions.values()].filter(becomesFailure);
  if (!failures.length) return;
  const retries = await lookup.retriesOf(failures.map(t => t.row.id));
  const newest = new Map<string, number>();
  for (const retry of retries) {
    const transition = transitions.get(retry.retry_of);
    if (!transition) continue;
    if (retry.sort_at >= (newest.get(retry.retry_of) ?? 0)) {
      newest.set(retry.retry_of, retry.sort_at);
      transition.row = { ...transition.row, retried_by: retry.id };
    }
    if (retry.good) transition.row = { ...transition.row, recovered: true };
  }
}

function isGood(retry: RunRow): boolean {
  return !retry.dry_run && (retry.status === 'succeeded' || retry.recovered);
}

function retryTime(
  row: RunRow,
  transitions: Map<string, Transition>,
): number | undefined {
  return row.retried_by
    ? transitions.get(row.retried_by)?.row.sort_at
    : undefined;
}
