/** What a portal can place outside of the page, loaded when first shown: the same for both frontend systems. */
export const parts = {
  operationsPage: async () =>
    (await import('./shell/OperationsPage')).OperationsPage,
  entityOperations: async () =>
    (await import('./jobs/entity')).EntityOperations,
  jobRuns: async () => (await import('./jobs/entity')).EntityJobRuns,
  jobCard: async () => (await import('./jobs/entity')).EntityJobCard,
  attentionCard: async () =>
    (await import('./attention/EntityAttention')).EntityAttention,
  homeAttention: async () => ({
    Content: (await import('./attention/HomeAttention')).HomeAttention,
  }),
  tenantControlsCard: async () =>
    (await import('./controls/entity')).EntityTenantControlsCard,
  tenantWebhooksCard: async () =>
    (await import('./webhooks/entity')).EntityTenantWebhooksCard,
  flagsCard: async () => (await import('./controls/entity')).EntityFlagsCard,
  maintenanceNotice: async () =>
    (await import('./maintenance/MaintenanceNotice')).MaintenanceNotice,
};
