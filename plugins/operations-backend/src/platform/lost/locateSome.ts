import type { JobEngine } from '@craft-easy/backstage-plugin-operations-node';
import type { ActiveRun } from '../../jobs/ports';
import type { EngineFact } from './rules';

/** Runs whose engine is asked in one look. */
const PER_LOOK = 200;
const AT_ONCE = 20;

/**
 * Asks the engines where some of the runs are: a bounded number, going on where the last look
 * ended, so that in time each has its turn. An engine that is away, not installed, or does not know
 * where its runs are, leaves them `unasked`.
 * @param last - id of the run with which the last look ended
 */
export async function locateSome(
  runs: ActiveRun[],
  engines: ReadonlyMap<string, JobEngine>,
  last: string,
): Promise<{ facts: Map<string, EngineFact>; last: string }> {
  const facts = new Map<string, EngineFact>();
  const canLocate = (run: ActiveRun) =>
    engines.get(run.engine)?.locate !== undefined;
  // these cost no turn
  for (const run of runs) {
    if (!canLocate(run)) facts.set(run.id, 'unasked');
  }
  const sorted = runs.filter(canLocate).sort((a, b) => (a.id < b.id ? -1 : 1));
  const from = sorted.findIndex(run => run.id > last);
  const turn = [...sorted.slice(Math.max(from, 0)), ...sorted].slice(
    0,
    Math.min(PER_LOOK, sorted.length),
  );

  for (let i = 0; i < turn.length; i += AT_ONCE) {
    await Promise.all(
      turn.slice(i, i + AT_ONCE).map(async run => {
        const job = {
          engine: run.engine,
          name: run.job,
          queue: run.queue,
        };
        const { engineJobId } = run;
        const where = await engines
          .get(run.engine)
          ?.locate?.(job, { runId: run.id, engineJobId })
          .catch(() => 'unasked' as const);
        facts.set(run.id, where ?? 'unasked');
      }),
    );
  }
  return { facts, last: turn.at(-1)?.id ?? '' };
}
