import { z } from 'zod';
import { defineJob } from '@craft-easy/operations-sdk/jobs';
import { ofTeam } from '../../platform/teams';
import { takeTime } from '../../platform/pace';
import { TENANTS } from '../../platform/tenants';

const parameters = z.object({
  channel: z
    .enum(['e-mail', 'in-app', 'sms'])
    .default('in-app')
    .describe('How people get it'),
  audience: z
    .array(z.enum(['owners', 'staff', 'members']))
    .min(1)
    .default(['owners'])
    .describe('Who gets it'),
  publishOn: z.iso.date().optional().describe('Not before this day'),
  message: z
    .object({
      subject: z.string().min(3).max(80),
      body: z.string().min(10).max(2_000),
      language: z.enum(['en', 'sv', 'de', 'da']).default('en'),
    })
    .describe('What it says'),
  throttle: z
    .object({
      perMinute: z.number().int().min(1).max(10_000).default(600),
      pauseAtNight: z.boolean().default(true),
    })
    .optional(),
  tags: z.array(z.string().max(30)).max(5).default([]),
});

export const sendAnnouncement = defineJob({
  ...ofTeam('growth', 'send-announcement'),
  title: 'Send an announcement',
  description:
    'Tells the people of all tenants something. On demand; try it dry first.',
  tags: ['campaigns', 'mail'],
  targetDuration: { minutes: 1 },
  cancellable: true,
  supportsDryRun: true,
  parameters,
  handler: async ctx => {
    const { message, channel, audience } = ctx.parameters;
    ctx.log(`"${message.subject}" by ${channel} to ${audience.join(', ')}`);
    let people = 0;
    for (const [i, tenant] of TENANTS.entries()) {
      await takeTime(800, ctx.signal);
      const count = audience.includes('members') ? tenant.members : 12;
      people += count;
      ctx.log(
        `${tenant.name}: ${
          ctx.dryRun ? 'would reach' : 'reached'
        } ${count} people`,
      );
      await ctx.progress((100 * (i + 1)) / TENANTS.length);
    }
    return { result: { people, dryRun: ctx.dryRun } };
  },
});
