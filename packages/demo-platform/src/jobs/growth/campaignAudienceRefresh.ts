import { defineJob } from '@craft-easy/operations-sdk/jobs';
import { between } from '../../platform/chance';
import { ofTeam } from '../../platform/teams';
import { takeTime } from '../../platform/pace';

const AUDIENCES = ['lapsed', 'loyal', 'new', 'never-booked', 'weekend'];

export const campaignAudienceRefresh = defineJob({
  ...ofTeam('growth', 'campaign-audience-refresh'),
  title: 'Campaign audience refresh',
  description: 'Counts anew who belongs to which campaign audience.',
  tags: ['campaigns'],
  schedule: { cron: '20 * * * *', timezone: 'UTC' },
  missedAfter: { minutes: 20 },
  targetDuration: { seconds: 20 },
  cancellable: true,
  handler: async ctx => {
    for (const [i, audience] of AUDIENCES.entries()) {
      await takeTime(between(700, 2_200, audience, Date.now()), ctx.signal);
      ctx.log(`${audience}: ${between(80, 2_400, audience, i)} people`);
      await ctx.progress((100 * (i + 1)) / AUDIENCES.length);
    }
    return { result: { audiences: AUDIENCES.length } };
  },
});
