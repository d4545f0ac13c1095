import type { Api } from './Api';
import type { Facts } from './Facts';
import type { Findings } from './Findings';
import type { Rest } from './Rest';

/** A worker reports a while after its handler ended; and a dead one is noticed after a while. */
const AROUND_MS = 70_000;

/** Runs: how the history says that they ended, against what handlers wrote. */
export async function checkRuns(
  facts: Facts,
  rest: Rest,
  api: Api,
  jobs: { ordinary: string; guarded: string[]; all: string[] },
  findings: Findings,
): Promise<void> {
  checkEnds(facts, rest, findings);
  checkGuarded(facts, jobs.guarded, findings);
  const ids = new Map<string, any[]>();
  for (const job of jobs.all) {
    const runs = await api.list(`/jobs/bullmq/${job}/runs`);
    await checkCounts(job, runs, api, findings);
    if (job !== jobs.ordinary) continue;
    for (const run of runs) {
      ids.set(run.reason, [...(ids.get(run.reason) ?? []), run]);
    }
  }
  for (const { body, key } of facts.asks.filter(({ action }) =>
    ['run', 'retry'].includes(action),
  )) {
    const runs = ids.get(body.reason) ?? [];
    if (runs.length > 1) {
      const which = runs.map(({ id }) => id).join(', ');
      findings.add('runs', 'doubled', `request ${key}: runs ${which}`);
    }
  }
}

function checkEnds(facts: Facts, rest: Rest, findings: Findings) {
  const ends = new Map<string, string[]>();
  for (const { runId, how } of facts.of('ended')) {
    ends.set(runId, [...(ends.get(runId) ?? []), how]);
  }
  const begins = new Map(facts.of('began').map(line => [line.runId, line]));
  for (const [id, run] of rest.runs) {
    const wrote = ends.get(id) ?? [];
    const { status } = run;
    if (status === 'succeeded' && !wrote.includes('succeeded')) {
      findings.add('runs', 'false', `${id} succeeded, says the history only`);
    }
    if (status === 'failed' && wrote.length > 0) {
      if (wrote.every(how => how === 'succeeded')) {
        findings.add('runs', 'false', `${id} failed, though it succeeded`);
      }
    }
    const began = begins.get(id);
    if (status === 'lost' && began && wrote.length > 0) {
      if (!facts.troubled(began.at - AROUND_MS, began.at + AROUND_MS)) {
        findings.add(
          'runs',
          'false',
          `${id} is lost, though nothing was wrong`,
        );
      }
    }
  }
}

/** Nothing guarded begins twice for its slot and tenant. */
function checkGuarded(facts: Facts, jobs: string[], findings: Findings) {
  const begins = new Map<string, string[]>();
  for (const { job, slot, tenant, by, runId, at } of facts.of('began')) {
    if (!jobs.includes(job)) continue;
    const what = `${job} ${slot} ${tenant ?? ''}`;
    const who = `${runId} by ${by} at ${new Date(at).toISOString()}`;
    begins.set(what, [...(begins.get(what) ?? []), who]);
  }
  for (const [what, who] of begins) {
    if (who.length > 1) {
      findings.add('guarded runs', 'doubled', `${what}: ${who.join('; ')}`);
    }
  }
}

/** The sums that the API says agree with what it lists. */
async function checkCounts(
  job: string,
  runs: any[],
  api: Api,
  findings: Findings,
) {
  const trend = await api.get(`/jobs/bullmq/${job}/trend?days=2`);
  for (const status of ['succeeded', 'lost', 'refused', 'cancelled'] as const) {
    const listed = runs.filter(run => run.status === status).length;
    const summed = trend.days.reduce(
      (sum: number, day: any) => sum + day[status],
      0,
    );
    if (listed !== summed) {
      findings.add(
        'sentences',
        'false',
        `the trend of ${job} counts ${summed} ${status}, the history ${listed}`,
      );
    }
  }
}
