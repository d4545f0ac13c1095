import { defineJob } from '@craft-easy/operations-sdk/jobs';
import { takeTime } from '../../platform/pace';
import { tenantById } from '../../platform/tenants';
import { builtIn } from '../../platform/teams';

const SEGMENTS = 8;

export const auditLogArchive = defineJob({
  ...builtIn('audit-log-archive'),
  title: 'Audit log archive',
  description: "Moves a tenant's audit log of last month to cold storage.",
  schedule: { cron: '0 3 * * *', timezone: 'UTC' },
  missedAfter: { hours: 1 },
  targetDuration: { minutes: 1 },
  tenantScoped: true,
  cancellable: true,
  supportsTimeRange: true,
  handler: async ctx => {
    const tenant = tenantById(ctx.tenant);
    for (let segment = 1; segment <= SEGMENTS; segment++) {
      await takeTime(500, ctx.signal);
      ctx.log(`${tenant.id}: segment ${segment} of ${SEGMENTS} archived`);
      await ctx.progress((100 * segment) / SEGMENTS);
    }
    return { result: { segments: SEGMENTS } };
  },
});
