import { z } from 'zod';
import { defineJob } from '@craft-easy/operations-sdk/jobs';
import { between } from '../../platform/chance';
import { ofTeam } from '../../platform/teams';
import { takeTime } from '../../platform/pace';
import { tenantById } from '../../platform/tenants';

export const dunningLetters = defineJob({
  ...ofTeam('finance', 'dunning-letters'),
  title: 'Dunning letters',
  description: 'Writes to whoever has an invoice overdue, per tenant.',
  tags: ['invoices'],
  schedule: { cron: '0 9 * * 2,5', timezone: 'Europe/Stockholm' },
  missedAfter: { hours: 1 },
  targetDuration: { minutes: 1 },
  tenantScoped: true,
  supportsDryRun: true,
  supportsTimeRange: true,
  parameters: z.object({
    level: z.enum(['reminder', 'first', 'final']).default('reminder'),
    minimumAmount: z.number().min(0).default(50),
  }),
  handler: async ctx => {
    const tenant = tenantById(ctx.tenant);
    const overdue = between(0, 18, tenant.id, Date.now());
    if (ctx.timeRange) {
      ctx.log(`invoices from ${ctx.timeRange.from} to ${ctx.timeRange.to}`);
    }
    ctx.log(`${tenant.name}: ${overdue} invoices overdue`);
    await takeTime(400 + overdue * 120);
    ctx.log(
      ctx.dryRun
        ? 'dry run: no letter was written'
        : `${overdue} letters (${ctx.parameters.level})`,
    );
    return { result: { overdue, letters: ctx.dryRun ? 0 : overdue } };
  },
});
