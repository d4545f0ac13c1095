import type { KnownRun } from '@craft-easy/backstage-plugin-operations-node';
import type { Sighting } from './toRecord';

/** The clocks of worker, queue and portal may differ by this much. */
const TOLERANCE_MS = 5_000;

/**
 * Writes into each sighting of an end the run that it is of, where that run is known: the run that
 * ended at that time, else the oldest run that had been queued by then and has no end.
 * @param sightings - of jobs that are gone, in the order of their ends
 */
export function findKnownRuns(sightings: Sighting[], runs: KnownRun[]): void {
  const left = new Set(runs);
  const take = (
    seen: Sighting,
    fits: (run: KnownRun) => boolean,
  ): string | undefined => {
    const found = [...left].find(
      run => run.engineJobId === seen.jobId && fits(run),
    );
    if (found) left.delete(found);
    return found?.runId;
  };
  for (const seen of sightings) {
    seen.runId = take(
      seen,
      ({ endedAt }) =>
        endedAt !== undefined && Math.abs(endedAt - seen.at) <= TOLERANCE_MS,
    );
  }
  for (const seen of sightings) {
    seen.runId ??= take(
      seen,
      ({ endedAt, queuedAt }) =>
        endedAt === undefined && queuedAt <= seen.at + TOLERANCE_MS,
    );
  }
}
