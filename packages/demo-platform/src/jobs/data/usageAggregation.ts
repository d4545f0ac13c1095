import { defineJob } from '@craft-easy/operations-sdk/jobs';
import { between } from '../../platform/chance';
import { ofTeam } from '../../platform/teams';
import { takeTime } from '../../platform/pace';

export const usageAggregation = defineJob({
  ...ofTeam('data', 'usage-aggregation'),
  title: 'Usage aggregation',
  description:
    "Adds up the last minute's usage events. Was hourly; every minute since limits are enforced by it.",
  tags: ['usage'],
  schedule: { cron: '* * * * *', timezone: 'UTC' },
  missedAfter: { minutes: 3 },
  targetDuration: { seconds: 10 },
  handler: async ctx => {
    const events = between(400, 5_000, Date.now());
    await takeTime(events / 2);
    ctx.log(`${events} events added up`);
    return { result: { events } };
  },
});
