import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { JOBS } from '../names';
import type { Random } from '../random';
import type { Caller } from './Caller';

const JOB = `/jobs/bullmq/${JOBS.ordinary}`;

/** An operator who has jobs run, cancels some, and has failed ones retried. */
export async function operateJobs(caller: Caller, random: Random) {
  while (!caller.closing.aborted) {
    const long = random.next() < 0.15;
    const answer = await caller.act('run', 'POST', `${JOB}/runs`, {
      reason: `soak run ${randomUUID()}`,
      parameters: {
        ends: random.next() < 0.2 ? 'badly' : 'well',
        ms: long ? random.between(2_000, 6_000) : random.between(20, 400),
      },
    });
    const id = answer?.body?.run?.id;
    if (id && long && random.next() < 0.6) {
      await pause(random.between(0, 1_500));
      await caller.act('cancel', 'POST', `/runs/${id}/cancel`, {
        reason: `soak cancel ${randomUUID()}`,
      });
    }
    await pause(random.between(200, 600));
  }
}

/** Failed and lost runs, each retried once. */
export async function retryFailures(caller: Caller, random: Random) {
  const retried = new Set<string>();
  while (!caller.closing.aborted) {
    const page = await caller.read(
      `${JOB}/runs?status=failed&status=lost&limit=20`,
    );
    const run = page?.items.find(
      (one: any) => !retried.has(one.id) && !one.retriedBy,
    );
    if (run) {
      retried.add(run.id);
      await caller.act('retry', 'POST', `/runs/${run.id}/retry`, {
        reason: `soak retry ${randomUUID()}`,
        parameters: { ends: 'well', ms: 50 },
      });
    }
    await pause(random.between(800, 2_000));
  }
}
