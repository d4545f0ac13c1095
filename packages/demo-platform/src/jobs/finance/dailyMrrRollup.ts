import { DateTime } from 'luxon';
import { defineJob } from '@craft-easy/operations-sdk/jobs';
import { between } from '../../platform/chance';
import { ofTeam } from '../../platform/teams';
import { takeTime } from '../../platform/pace';
import { TENANTS } from '../../platform/tenants';

/** The day that is over when the roll-up runs, in Stockholm. */
export function dayBefore(moment: Date): string {
  return DateTime.fromJSDate(moment, { zone: 'Europe/Stockholm' })
    .minus({ days: 1 })
    .toISODate()!;
}

export const dailyMrrRollup = defineJob({
  ...ofTeam('finance', 'daily-mrr-rollup'),
  title: 'Daily MRR roll-up',
  description:
    "Adds up each tenant's monthly recurring revenue and posts the day to the ledger.",
  tags: ['revenue', 'ledger'],
  schedule: { cron: '15 2 * * *', timezone: 'Europe/Stockholm' },
  manualRun: false,
  manualRunReason:
    'It posts the day to the ledger; a second run would post it twice',
  targetDuration: { minutes: 5 },
  maxQueueDepth: 20,
  maxWait: { minutes: 10 },
  missedAfter: { minutes: 15 },
  failureThreshold: 2,
  handler: async ctx => {
    const day = dayBefore(ctx.scheduledFor ?? new Date());
    ctx.log(`rolling up ${day}`);
    let total = 0;
    for (const [i, tenant] of TENANTS.entries()) {
      await takeTime(600);
      const mrr = tenant.members * between(290, 510, tenant.id, day);
      total += mrr;
      ctx.log(`${tenant.id}: ${mrr} ${tenant.currency}`);
      await ctx.progress((100 * (i + 1)) / TENANTS.length);
    }
    ctx.log('posted to the ledger');
    return { result: { day, tenants: TENANTS.length, total } };
  },
});
