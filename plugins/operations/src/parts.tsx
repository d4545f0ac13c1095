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
  operationsPage: async () =>
    (await import('./shell/OperationsPage')).OperationsPage,
  maintenanceNotice: async () =>
    (await import('./maintenance/MaintenanceNotice')).MaintenanceNotice,
  entityOperations: rooted(
    async () => (await import('./jobs/entity')).EntityOperations,
  ),
  jobRuns: rooted(async () => (await import('./jobs/entity')).EntityJobRuns),
  jobCard: rooted(async () => (await import('./jobs/entity')).EntityJobCard),
  attentionCard: rooted(
    async () => (await import('./attention/EntityAttention')).EntityAttention,
  ),
  homeAttention: async () => ({
    Content: await rooted(
      async () => (await import('./attention/HomeAttention')).HomeAttention,
    )(),
  }),
  tenantControlsCard: rooted(
    async () => (await import('./controls/entity')).EntityTenantControlsCard,
  ),
  tenantWebhooksCard: rooted(
    async () => (await import('./webhooks/entity')).EntityTenantWebhooksCard,
  ),
  flagsCard: rooted(
    async () => (await import('./controls/entity')).EntityFlagsCard,
  ),
};
