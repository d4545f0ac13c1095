import { defineJob } from '@craft-easy/operations-sdk/jobs';
import { between } from '../../platform/chance';
import { ofTeam } from '../../platform/teams';
import { takeTime } from '../../platform/pace';
import { tenantById } from '../../platform/tenants';

export const trialExpiryNudge = defineJob({
  ...ofTeam('growth', 'trial-expiry-nudge'),
  title: 'Trial expiry nudge',
  description:
    'Finds trials that end in three days and puts a nudge on their start page.',
  tags: ['onboarding'],
  schedule: { cron: '0 8 * * 1-5', timezone: 'Europe/Stockholm' },
  missedAfter: { minutes: 30 },
  targetDuration: { seconds: 30 },
  tenantScoped: true,
  supportsDryRun: true,
  attempts: 2,
  backoff: { type: 'fixed', delay: { seconds: 10 } },
  handler: async ctx => {
    const tenant = tenantById(ctx.tenant);
    const day = new Date().toISOString().slice(0, 10);
    const trials = between(0, 12, tenant.id, day, 'trials');
    ctx.log(`${tenant.name}: ${trials} trials end in three days`);
    await takeTime(300 + trials * 150);
    ctx.log(
      ctx.dryRun ? 'dry run: nothing was shown' : `${trials} nudges shown`,
    );
    return { result: { trials, shown: ctx.dryRun ? 0 : trials } };
  },
});
