import { z } from 'zod';
import { defineJob } from '@craft-easy/operations-sdk/jobs';
import { between } from '../../platform/chance';
import { ofTeam } from '../../platform/teams';
import { takeTime } from '../../platform/pace';
import { tenantById } from '../../platform/tenants';

/** The bank of this tenant uses the new layout of its files; the default is still the old one. */
const ON_NEW_LAYOUT = 'city-dental';

export const paymentReconciliation = defineJob({
  ...ofTeam('finance', 'payment-reconciliation'),
  title: 'Payment reconciliation',
  description:
    "Matches each tenant's payments with the bank's file. Fails for a tenant whose file has another layout than the one named.",
  tags: ['payments', 'bank'],
  schedule: { cron: '30 3 * * *', timezone: 'Europe/Stockholm' },
  missedAfter: { minutes: 30 },
  targetDuration: { minutes: 1 },
  tenantScoped: true,
  supportsTimeRange: true,
  parameters: z.object({
    bankFileLayout: z
      .enum(['camt.053-2019', 'camt.053-2025'])
      .default('camt.053-2019')
      .describe("Layout of the bank's file"),
  }),
  handler: async ctx => {
    const tenant = tenantById(ctx.tenant);
    const { bankFileLayout } = ctx.parameters;
    ctx.log(`${tenant.name}: reading the bank's file as ${bankFileLayout}`);
    await takeTime(900);
    if (tenant.id === ON_NEW_LAYOUT && bankFileLayout === 'camt.053-2019') {
      ctx.log('ERROR line 1: no <Stmt> element, found <Rpt>');
      throw new Error(
        'bank file of city-dental is not camt.053-2019 (line 1: found <Rpt>)',
      );
    }
    const payments = between(20, 240, tenant.id, Date.now());
    await takeTime(payments * 10);
    ctx.log(`${payments} payments matched`);
    return { result: { payments } };
  },
});
