import { z } from 'zod';
import { defineJob } from '@craft-easy/operations-sdk/jobs';
import { ofTeam } from '../../platform/teams';
import { takeTime } from '../../platform/pace';

const PARTS = 240;

export const warehouseExport = defineJob({
  ...ofTeam('data', 'warehouse-export'),
  title: 'Full warehouse export',
  description:
    'Copies everything to the warehouse. Takes minutes; on demand, after a change of the model.',
  tags: ['export', 'warehouse'],
  targetDuration: { minutes: 6 },
  timeout: { minutes: 30 },
  cancellable: true,
  supportsDryRun: true,
  supportsTimeRange: true,
  parameters: z.object({
    schemas: z
      .array(z.enum(['core', 'billing', 'events']))
      .min(1)
      .default(['core', 'billing', 'events']),
    compression: z.enum(['zstd', 'gzip', 'none']).default('zstd'),
  }),
  handler: async ctx => {
    ctx.log(`schemas: ${ctx.parameters.schemas.join(', ')}`);
    let part = 0;
    try {
      while (part < PARTS) {
        await takeTime(ctx.dryRun ? 20 : 1_000, ctx.signal);
        part += 1;
        if (part % 5 === 0) {
          ctx.log(`part ${part} of ${PARTS}`);
        }
        await ctx.progress((100 * part) / PARTS);
      }
    } catch (error) {
      if (ctx.signal.aborted) {
        ctx.log(`cleaning up: dropping the staging tables of ${part} parts`);
      }
      throw error;
    }
    return { result: { parts: ctx.dryRun ? 0 : PARTS } };
  },
});
