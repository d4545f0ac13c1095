import { defineJob } from '@craft-easy/operations-sdk/jobs';
import { takeTime } from '../../platform/pace';
import { builtIn } from '../../platform/teams';

export const calculateNextSchedules = defineJob({
  ...builtIn('calculate-next-schedules'),
  title: 'Calculate next schedules',
  description:
    "Works out when each tenant's own schedules are due. Was hourly; every minute since tenants may set minutes.",
  schedule: { cron: '* * * * *', timezone: 'UTC' },
  missedAfter: { minutes: 3 },
  targetDuration: { seconds: 5 },
  handler: async ctx => {
    await takeTime(400);
    ctx.log('37 schedules looked at, none is due within the minute');
    return { result: { schedules: 37 } };
  },
});
