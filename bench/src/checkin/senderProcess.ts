/**
 * The machines on which the jobs run, in a process of their own: they make every job known, then
 * report each once a minute, evenly. Says when it begins and when it is done, with its times.
 */
import { setTimeout as wait } from 'node:timers/promises';

const url = process.env.CHECKIN_URL!;
const jobs = Number(process.env.CHECKIN_JOBS);
const total = Number(process.env.CHECKIN_TOTAL);
const seconds = Number(process.env.CHECKIN_SECONDS);
const AT_ONCE = 200;

async function report(job: number): Promise<number> {
  const began = performance.now();
  const answer = await fetch(`${url}/checkin/job-${job}`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: 'exitCode=0&durationMs=1200&schedule=*+*+*+*+*&log=copied%0Averified',
  });
  await answer.text();
  if (!answer.ok) throw new Error(`answered ${answer.status}`);
  return performance.now() - began;
}

async function main(): Promise<void> {
  for (let i = 0; i < jobs; i += AT_ONCE) {
    const some = Math.min(AT_ONCE, jobs - i);
    await Promise.all(Array.from({ length: some }, (_, n) => report(i + n)));
  }
  process.send?.('begin');
  const took: number[] = [];
  const began = performance.now();
  const pending: Array<Promise<unknown>> = [];
  for (let i = 0; i < total; i++) {
    const early = began + (i * seconds * 1000) / total - performance.now();
    if (early > 1) await wait(early);
    pending.push(report(i % jobs).then(ms => took.push(ms)));
  }
  await Promise.all(pending);
  const all = { took, seconds: (performance.now() - began) / 1000 };
  // what is not sent yet when the channel closes is lost
  process.send?.(all, () => process.disconnect?.());
}

main().catch(error => {
  process.stderr.write(`${error?.stack ?? error}\n`);
  process.exit(1);
});
