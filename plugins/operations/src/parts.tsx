import type { ComponentType } from 'react';

type Rooted = () => JSX.Element;

/** Puts the root of Operations around what stands outside of its page. */
const rooted =
  (load: () => Promise<ComponentType>) => async (): Promise<Rooted> => {
    const [{ OperationsRoot }, Part] = await Promise.all([
      import('./shell/OperationsRoot'),
      load(),
    ]);
    return function InRoot() {
      return (
        <OperationsRoot>
          <Part />
        </OperationsRoot>
      );
    };
  };

/** What a portal can place, loaded when it is first shown; the same for both frontend systems. */
export const parts = {
  operationsPage: () =>
    import('./shell/OperationsPage').then(m => m.OperationsPage),
  maintenanceNotice: () =>
    import('./maintenance/MaintenanceNotice').then(m => m.MaintenanceNotice),
  entityOperations: rooted(() =>
    import('./jobs/entity').then(m => m.EntityOperations),
  ),
  jobRuns: rooted(() => import('./jobs/entity').then(m => m.EntityJobRuns)),
  jobCard: rooted(() => import('./jobs/entity').then(m => m.EntityJobCard)),
  attentionCard: rooted(() =>
    import('./attention/EntityAttention').then(m => m.EntityAttention),
  ),
  homeAttention: async () => ({
    Content: await rooted(() =>
      import('./attention/HomeAttention').then(m => m.HomeAttention),
    )(),
  }),
  tenantControlsCard: rooted(() =>
    import('./controls/entity').then(m => m.EntityTenantControlsCard),
  ),
  tenantJobsCard: rooted(() =>
    import('./jobs/TenantJobs').then(m => m.EntityTenantJobsCard),
  ),
  tenantWebhooksCard: rooted(() =>
    import('./webhooks/entity').then(m => m.EntityTenantWebhooksCard),
  ),
  flagsCard: rooted(() =>
    import('./controls/entity').then(m => m.EntityFlagsCard),
  ),
};
