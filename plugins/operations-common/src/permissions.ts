import { createPermission } from '@backstage/plugin-permission-common';

/** Resource type of a batch job; the reference is `<engine>/<name>`. @public */
export const RESOURCE_TYPE_JOB = 'operations-job';

const job = (name: string, action: 'read' | 'create' | 'update' | 'delete') =>
  createPermission({
    name: `operations.job.${name}`,
    attributes: { action },
    resourceType: RESOURCE_TYPE_JOB,
  });

/** See a job, its runs and logs. @public */
export const jobReadPermission = job('read', 'read');
/** Start a run by hand. @public */
export const jobRunPermission = job('run', 'create');
/** Cancel a queued or running run. @public */
export const jobCancelPermission = job('cancel', 'update');
/** Run again what failed. @public */
export const jobRetryPermission = job('retry', 'create');

/** Permissions on jobs: conditional on owner, tenant or tag. @public */
export const jobPermissions = [
  jobReadPermission,
  jobRunPermission,
  jobCancelPermission,
  jobRetryPermission,
];

/** Read the audit trail and verify it. @public */
export const auditReadPermission = createPermission({
  name: 'operations.audit.read',
  attributes: { action: 'read' },
});

/** See actions that wait, or waited, for a second person. @public */
export const approvalReadPermission = createPermission({
  name: 'operations.approval.read',
  attributes: { action: 'read' },
});
/** Be the second person: approve or reject what one may do oneself and somebody else asked for. @public */
export const approvalDecidePermission = createPermission({
  name: 'operations.approval.decide',
  attributes: { action: 'update' },
});
/** @public */
export const approvalPermissions = [
  approvalReadPermission,
  approvalDecidePermission,
];

/** See cache targets and their purges. @public */
export const cacheReadPermission = createPermission({
  name: 'operations.cache.read',
  attributes: { action: 'read' },
});
/** Preview, start and cancel a purge. @public */
export const cachePurgePermission = createPermission({
  name: 'operations.cache.purge',
  attributes: { action: 'delete' },
});
/** @public */
export const cachePermissions = [cacheReadPermission, cachePurgePermission];

/** See what components report of their migrations. @public */
export const migrationReadPermission = createPermission({
  name: 'operations.migration.read',
  attributes: { action: 'read' },
});
/** Report a component's own state: for services. @public */
export const migrationReportPermission = createPermission({
  name: 'operations.migration.report',
  attributes: { action: 'update' },
});
/** @public */
export const migrationPermissions = [
  migrationReadPermission,
  migrationReportPermission,
];

/** Acknowledge, snooze and take either back; which items one sees is decided by the permission of their source. @public */
export const attentionAcknowledgePermission = createPermission({
  name: 'operations.attention.acknowledge',
  attributes: { action: 'update' },
});

/** See rate-limit overrides and what limiters count. @public */
export const rateLimitReadPermission = createPermission({
  name: 'operations.rate-limit.read',
  attributes: { action: 'read' },
});
/** Create, extend and end overrides. @public */
export const rateLimitOverridePermission = createPermission({
  name: 'operations.rate-limit.override',
  attributes: { action: 'update' },
});
/** See global flags; evaluate them over OFREP. @public */
export const flagReadPermission = createPermission({
  name: 'operations.flag.read',
  attributes: { action: 'read' },
});
/** Create, switch, edit and delete global flags. @public */
export const flagTogglePermission = createPermission({
  name: 'operations.flag.toggle',
  attributes: { action: 'update' },
});
/** See maintenance windows. @public */
export const maintenanceReadPermission = createPermission({
  name: 'operations.maintenance.read',
  attributes: { action: 'read' },
});
/** Begin, plan, extend and end maintenance. @public */
export const maintenanceTogglePermission = createPermission({
  name: 'operations.maintenance.toggle',
  attributes: { action: 'update' },
});
/** Permissions on the controls that the platform holds by itself. @public */
export const controlPermissions = [
  rateLimitReadPermission,
  rateLimitOverridePermission,
  flagReadPermission,
  flagTogglePermission,
  maintenanceReadPermission,
  maintenanceTogglePermission,
];

/** Resource type of a failed webhook; rules judge it by its tenant. @public */
export const RESOURCE_TYPE_WEBHOOK_FAILURE = 'operations-webhook-failure';

const webhook = (name: string, action: 'read' | 'create' | 'update') =>
  createPermission({
    name: `operations.webhook.${name}`,
    attributes: { action },
    resourceType: RESOURCE_TYPE_WEBHOOK_FAILURE,
  });

/** See failed webhooks, their payloads and attempts. @public */
export const webhookReadPermission = webhook('read', 'read');
/** Have failed webhooks sent again, and stop such a replay. @public */
export const webhookReplayPermission = webhook('replay', 'create');
/** Suppress failures, one by one or by pattern. @public */
export const webhookSuppressPermission = webhook('suppress', 'update');
/** Mark failures handled. @public */
export const webhookHandlePermission = webhook('handle', 'update');
/** Report failures over HTTP and carry out replays: for services. @public */
export const webhookReportPermission = createPermission({
  name: 'operations.webhook.report',
  attributes: { action: 'update' },
});

/** Permissions on failed webhooks that may be conditional on the tenant. @public */
export const webhookFailurePermissions = [
  webhookReadPermission,
  webhookReplayPermission,
  webhookSuppressPermission,
  webhookHandlePermission,
];

/** Every permission of Operations; a policy that names one not in this list has a typing error. @public */
export const operationsPermissions = [
  ...jobPermissions,
  ...webhookFailurePermissions,
  webhookReportPermission,
  auditReadPermission,
  ...approvalPermissions,
  attentionAcknowledgePermission,
  ...cachePermissions,
  ...migrationPermissions,
  ...controlPermissions,
];
