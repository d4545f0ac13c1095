/** What the rolling deploy and its workers agree on. */
export const ROLLING = {
  job: 'rolled-out',
  executions: 'rolled-out:executions',
};

/** A busy machine may start a slot late; that is not what is shown here. */
const GUARDED = { manualRun: false, startWithin: { seconds: 30 } };

/** Three declarations of one job, each as it was deployed after the one before. */
export const VERSIONS = [
  { ...GUARDED, schedule: { cron: '*/4 * * * * *' }, concurrency: 1 },
  {
    ...GUARDED,
    schedule: { cron: '1-59/4 * * * * *' },
    concurrency: 2,
    owner: 'group:default/platform',
  },
  {
    schedule: { cron: '*/2 * * * * *' },
    manualRun: true,
    concurrency: 3,
    owner: 'group:default/finance',
  },
];
