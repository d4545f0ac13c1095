import { defineJob, type JobContext } from '@craft-easy/operations-sdk/jobs';
import { between } from '../../platform/chance';
import { takeTime } from '../../platform/pace';
import { builtIn } from '../../platform/teams';

/** Counts what is old, and removes it unless the run is a dry one. */
async function sweep(
  ctx: JobContext,
  what: string,
  found: number,
): Promise<{ result: { found: number; removed: number } }> {
  ctx.log(`${found} ${what} are past their time`);
  await takeTime(Math.min(found * 4, 4_000));
  const removed = ctx.dryRun ? 0 : found;
  ctx.log(ctx.dryRun ? 'dry run: nothing was removed' : `${removed} removed`);
  return { result: { found, removed } };
}

export const cleanupExpiredTokens = defineJob({
  ...builtIn('cleanup-expired-tokens'),
  title: 'Clean up expired tokens',
  description: 'Removes access tokens that have expired.',
  schedule: { cron: '*/15 * * * *', timezone: 'UTC' },
  missedAfter: { minutes: 10 },
  targetDuration: { seconds: 15 },
  supportsDryRun: true,
  handler: ctx => sweep(ctx, 'tokens', between(20, 400, Date.now())),
});

export const tokenCleanup = defineJob({
  ...builtIn('token-cleanup'),
  title: 'Token cleanup',
  description: 'Removes refresh tokens whose family was revoked.',
  schedule: { cron: '5 * * * *', timezone: 'UTC' },
  missedAfter: { minutes: 20 },
  targetDuration: { seconds: 15 },
  handler: ctx => sweep(ctx, 'refresh tokens', between(0, 60, Date.now())),
});

export const cleanupAuditLog = defineJob({
  ...builtIn('cleanup-audit-log'),
  title: 'Clean up the audit log',
  description: 'Removes audit entries older than their retention.',
  schedule: { cron: '30 1 * * *', timezone: 'UTC' },
  missedAfter: { hours: 1 },
  targetDuration: { minutes: 1 },
  supportsDryRun: true,
  handler: ctx => sweep(ctx, 'audit entries', between(300, 900, Date.now())),
});

export const cleanupJobRuns = defineJob({
  ...builtIn('cleanup-job-runs'),
  title: 'Clean up job runs',
  description: "Removes the framework's own records of runs after 14 days.",
  schedule: { cron: '45 1 * * *', timezone: 'UTC' },
  missedAfter: { hours: 1 },
  targetDuration: { minutes: 1 },
  handler: ctx => sweep(ctx, 'run records', between(500, 950, Date.now())),
});

export const purgeSoftDeleted = defineJob({
  ...builtIn('purge-soft-deleted'),
  title: 'Purge what was soft-deleted',
  description: 'Removes for good what was deleted 30 days ago.',
  schedule: { cron: '0 4 * * *', timezone: 'UTC' },
  missedAfter: { hours: 1 },
  targetDuration: { minutes: 1 },
  supportsDryRun: true,
  supportsTimeRange: true,
  handler: ctx => sweep(ctx, 'records', between(10, 200, Date.now())),
});
