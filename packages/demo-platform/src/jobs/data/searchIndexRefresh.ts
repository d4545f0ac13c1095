import { defineJob } from '@craft-easy/operations-sdk/jobs';
import { between } from '../../platform/chance';
import { ofTeam } from '../../platform/teams';
import { takeTime } from '../../platform/pace';

export const searchIndexRefresh = defineJob({
  ...ofTeam('data', 'search-index-refresh'),
  title: 'Search index refresh',
  description:
    'Brings the search index up to date. Has outgrown its target since the index has five languages.',
  tags: ['search'],
  schedule: { cron: '*/10 * * * *', timezone: 'UTC' },
  missedAfter: { minutes: 5 },
  targetDuration: { seconds: 5 },
  cancellable: true,
  handler: async ctx => {
    const documents = between(200, 900, Date.now());
    ctx.log(`${documents} documents changed`);
    for (let done = 0; done < documents; done += 100) {
      await takeTime(1_000, ctx.signal);
      await ctx.progress((100 * done) / documents);
    }
    ctx.log('index swapped');
    return { result: { documents } };
  },
});
