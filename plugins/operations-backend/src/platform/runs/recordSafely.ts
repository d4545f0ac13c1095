import type { Recorder } from '../../jobs/ports';

/** What became of a batch. */
export interface SafelyRecorded<R, B> {
  batches: B[];
  /**
   * Records that the database refused while it took others: to be tried again before anything is
   * concluded.
   */
  suspects: Array<{ record: R; error: unknown }>;
}

/** This many refusals in a row, with not a single success, mean that it is not the records. */
const HOPELESS = 3;

/**
 * Records a batch; where that fails, finds the records that make it fail, so that one which no
 * check foresaw cannot stop all others for ever.
 * @throws the first error if not a single record could be written: then it is the database that is
 *   away, and nothing is known about the records
 */
export async function recordSafely<R, B>(
  recorder: Recorder<R, B>,
  records: R[],
): Promise<SafelyRecorded<R, B>> {
  const outcome: SafelyRecorded<R, B> = { batches: [], suspects: [] };

  async function attempt(part: R[]): Promise<void> {
    if (outcome.batches.length === 0 && outcome.suspects.length >= HOPELESS) {
      throw outcome.suspects[0].error;
    }
    try {
      outcome.batches.push(await recorder.record(part));
    } catch (error) {
      if (part.length === 1) {
        outcome.suspects.push({ record: part[0], error });
        return;
      }
      const middle = Math.ceil(part.length / 2);
      await attempt(part.slice(0, middle));
      await attempt(part.slice(middle));
    }
  }

  if (records.length > 0) await attempt(records);
  if (outcome.batches.length === 0 && outcome.suspects.length > 0) {
    throw outcome.suspects[0].error;
  }
  return outcome;
}
