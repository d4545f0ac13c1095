import { EmptyState } from '../../components/EmptyState';

const SNIPPET = `import { defineJob, startWorker } from '@craft-easy/operations-sdk/jobs';

const nightlyExport = defineJob({
  name: 'nightly-export',
  description: 'Exports yesterday to the warehouse',
  owner: 'group:default/data',
  schedule: { cron: '15 2 * * *', timezone: 'Europe/Stockholm' },
  handler: async ctx => {
    ctx.log('exporting');
  },
});

await startWorker({ jobs: [nightlyExport], connection: process.env.REDIS_URL });`;

/** No jobs at all: how the first one gets here. */
export function InventoryEmpty(props: { owner?: string }) {
  if (props.owner) {
    return (
      <EmptyState title="No jobs of this group">
        A job shows here when its declaration names this group as its owner.
      </EmptyState>
    );
  }
  return (
    <EmptyState title="No jobs yet" snippet={SNIPPET}>
      A job appears here within seconds of a worker announcing it: declare it in
      the platform&apos;s code and start a worker on the same Redis. Jobs of
      groups or tenants that you may not see are not listed.
    </EmptyState>
  );
}
