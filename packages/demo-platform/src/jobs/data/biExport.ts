import { defineJob } from '@craft-easy/operations-sdk/jobs';
import { ofTeam } from '../../platform/teams';
import { takeTime } from '../../platform/pace';
import { tenantById } from '../../platform/tenants';

const TABLES = ['members', 'bookings', 'payments', 'visits', 'products'];
const CHUNKS_PER_TABLE = 12;

export const biExport = defineJob({
  ...ofTeam('data', 'bi-export'),
  title: 'BI export',
  description: "Exports a tenant's tables for its own analysts, as Parquet.",
  tags: ['export'],
  schedule: { cron: '0 5 * * *', timezone: 'Europe/Stockholm' },
  missedAfter: { minutes: 30 },
  targetDuration: { minutes: 2 },
  timeout: { minutes: 15 },
  tenantScoped: true,
  concurrency: 2,
  cancellable: true,
  supportsTimeRange: true,
  handler: async ctx => {
    const tenant = tenantById(ctx.tenant);
    const steps = TABLES.length * CHUNKS_PER_TABLE;
    let step = 0;
    try {
      for (const table of TABLES) {
        for (let chunk = 1; chunk <= CHUNKS_PER_TABLE; chunk++) {
          ctx.throwIfCancelled();
          await takeTime(1_000, ctx.signal);
          step += 1;
          ctx.log(
            `${tenant.id}/${table}: chunk ${chunk} of ${CHUNKS_PER_TABLE} written`,
          );
          await ctx.progress((100 * step) / steps);
        }
      }
    } catch (error) {
      if (ctx.signal.aborted) {
        ctx.log(`cleaning up: removing ${step} chunks of an unfinished export`);
        await takeTime(200);
        ctx.log('cleaned up: nothing is left of it');
      }
      throw error;
    }
    return { result: { tables: TABLES.length, chunks: steps } };
  },
});
