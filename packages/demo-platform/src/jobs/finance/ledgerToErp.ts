import { defineJob } from '@craft-easy/operations-sdk/jobs';
import { ofTeam } from '../../platform/teams';
import { takeTime } from '../../platform/pace';

const BATCHES = 45;

export const ledgerToErp = defineJob({
  ...ofTeam('finance', 'ledger-to-erp'),
  title: 'Ledger to ERP',
  description:
    'Hands the ledger over to the ERP, batch by batch. The ERP cannot take half a hand-over back, so it cannot be cancelled.',
  tags: ['ledger', 'erp'],
  schedule: { cron: '0 1 * * *', timezone: 'Europe/Stockholm' },
  missedAfter: { minutes: 30 },
  targetDuration: { minutes: 3 },
  cancellable: false,
  handler: async ctx => {
    for (let batch = 1; batch <= BATCHES; batch++) {
      await takeTime(2_000);
      ctx.log(`batch ${batch} of ${BATCHES} accepted by the ERP`);
      await ctx.progress((100 * batch) / BATCHES);
    }
    return { result: { batches: BATCHES } };
  },
});
