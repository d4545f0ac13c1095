import type { Recorder } from '../../jobs/ports';

export interface SafelyRecorded<R, B> {
  batches: B[];
  /** records that the database refused while it took others: the caller tries them again */
  refused: Array<{ record: R; error: unknown }>;
}

/** This many refusals in a row, without one success, mean that the records are not the cause. */
const HOPELESS = 3;

/**
 * Records a batch. Where that fails, the batch is split until the records that make it fail are
 * found, so that one of them cannot stop all others for ever.
 * @throws the first error if no record could be written: the database is away, and nothing is known
 *   about the records
 */
export async function recordSafely<R, B>(
  recorder: Recorder<R, B>,
  records: R[],
): Promise<SafelyRecorded<R, B>> {
  const outcome: SafelyRecorded<R, B> = { batches: [], refused: [] };
  const { batches, refused } = outcome;

  async function attempt(part: R[]): Promise<void> {
    if (batches.length === 0 && refused.length >= HOPELESS) {
      throw refused[0].error;
    }
    try {
      batches.push(await recorder.record(part));
    } catch (error) {
      if (part.length === 1) {
        refused.push({ record: part[0], error });
        return;
      }
      const middle = Math.ceil(part.length / 2);
      await attempt(part.slice(0, middle));
      await attempt(part.slice(middle));
    }
  }

  if (records.length > 0) await attempt(records);
  if (batches.length === 0 && refused.length > 0) throw refused[0].error;
  return outcome;
}
