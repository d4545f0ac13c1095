/** What the rolling deploy and its workers agree on. */
export const ROLLING = {
  job: 'rolled-out',
  executions: 'rolled-out:executions',
};

/** Three declarations of one job, each as it was deployed after the one before. */
export const VERSIONS = [
  { schedule: { cron: '*/4 * * * * *' }, manualRun: false, concurrency: 1 },
  {
    schedule: { cron: '1-59/4 * * * * *' },
    manualRun: false,
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
