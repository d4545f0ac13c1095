import {
  createPermission,
  type BasicPermission,
} from '@backstage/plugin-permission-common';

/** What each permission is for, in words that complete "may …". */
const TITLES = {
  'operations.job.read': 'see jobs, their runs and logs',
  'operations.job.run': 'run jobs by hand',
  'operations.job.cancel': 'cancel runs',
  'operations.job.retry': 'retry runs',
  'operations.webhook.read': 'see failed webhooks',
  'operations.webhook.replay': 'have failed webhooks sent again',
  'operations.webhook.suppress': 'suppress failed webhooks',
  'operations.webhook.handle': 'mark failed webhooks handled',
  'operations.webhook.report': 'report failed webhooks, as a service',
  'operations.audit.read': 'read the audit trail',
  'operations.approval.read': 'see actions that wait for a second person',
  'operations.approval.decide':
    'approve or reject actions that need a second person',
  'operations.attention.acknowledge': 'acknowledge and snooze attention items',
  'operations.cache.read': 'see caches and their purges',
  'operations.cache.purge': 'purge caches',
  'operations.migration.read': 'see migration status',
  'operations.migration.report': 'report migration status, as a service',
  'operations.rate-limit.read': 'see rate limits',
  'operations.rate-limit.override': 'override rate limits',
  'operations.flag.read': 'see global flags',
  'operations.flag.toggle': 'change global flags',
  'operations.maintenance.read': 'see maintenance windows',
  'operations.maintenance.toggle': 'begin and end maintenance',
};

/** Name of a permission; one without a title does not compile. */
type PermissionName = keyof typeof TITLES;
type Action = 'read' | 'create' | 'update' | 'delete';

const basic = (name: PermissionName, action: Action): BasicPermission =>
  createPermission({ name, attributes: { action } });

/** What a permission is for, in words that complete "may …"; an unknown one by its name. */
export function permissionTitle(name: string): string {
  return Object.hasOwn(TITLES, name) ? TITLES[name as PermissionName] : name;
}

/** Resource type of a batch job; the reference is `<engine>/<name>`. @public */
export const RESOURCE_TYPE_JOB = 'operations-job';

const job = (name: PermissionName, action: Action) =>
  createPermission({
    name,
    attributes: { action },
    resourceType: RESOURCE_TYPE_JOB,
  });

/** See a job, its runs and logs. @public */
export const jobReadPermission = job('operations.job.read', 'read');
/** Start a run by hand. @public */
export const jobRunPermission = job('operations.job.run', 'create');
/** Cancel a queued or running run. @public */
export const jobCancelPermission = job('operations.job.cancel', 'update');
/** Run again what failed. @public */
export const jobRetryPermission = job('operations.job.retry', 'create');

/** Permissions on jobs: conditional on owner, tenant or tag. */
export const jobPermissions = [
  jobReadPermission,
  jobRunPermission,
  jobCancelPermission,
  jobRetryPermission,
];

/** Read the audit trail and verify it. @public */
export const auditReadPermission = basic('operations.audit.read', 'read');

/** See actions that wait, or waited, for a second person. @public */
export const approvalReadPermission = basic('operations.approval.read', 'read');
/**
 * Be the second person: approve or reject what one may do oneself and somebody else asked for.
 * @public
 */
export const approvalDecidePermission = basic(
  'operations.approval.decide',
  'update',
);
const approvalPermissions = [approvalReadPermission, approvalDecidePermission];

/** See cache targets and their purges. @public */
export const cacheReadPermission = basic('operations.cache.read', 'read');
/** Preview, start and cancel a purge. @public */
export const cachePurgePermission = basic('operations.cache.purge', 'delete');
const cachePermissions = [cacheReadPermission, cachePurgePermission];

/** See what components report of their migrations. @public */
export const migrationReadPermission = basic(
  'operations.migration.read',
  'read',
);
/** Report a component's own state: for services. @public */
export const migrationReportPermission = basic(
  'operations.migration.report',
  'update',
);
const migrationPermissions = [
  migrationReadPermission,
  migrationReportPermission,
];

/**
 * Acknowledge, snooze and take either back. The permission of its source decides who sees an item.
 * @public
 */
export const attentionAcknowledgePermission = basic(
  'operations.attention.acknowledge',
  'update',
);

/** See rate-limit overrides and what limiters count. @public */
export const rateLimitReadPermission = basic(
  'operations.rate-limit.read',
  'read',
);
/** Create, extend and end overrides. @public */
export const rateLimitOverridePermission = basic(
  'operations.rate-limit.override',
  'update',
);
/** See global flags; evaluate them over OFREP. @public */
export const flagReadPermission = basic('operations.flag.read', 'read');
/** Create, switch, edit and delete global flags. @public */
export const flagTogglePermission = basic('operations.flag.toggle', 'update');
/** See maintenance windows. @public */
export const maintenanceReadPermission = basic(
  'operations.maintenance.read',
  'read',
);
/** Begin, plan, extend and end maintenance. @public */
export const maintenanceTogglePermission = basic(
  'operations.maintenance.toggle',
  'update',
);
/** Permissions on the controls that the platform holds by itself. */
const controlPermissions = [
  rateLimitReadPermission,
  rateLimitOverridePermission,
  flagReadPermission,
  flagTogglePermission,
  maintenanceReadPermission,
  maintenanceTogglePermission,
];

/** Resource type of a failed webhook; rules look at its tenant. @public */
export const RESOURCE_TYPE_WEBHOOK_FAILURE = 'operations-webhook-failure';

const webhook = (name: PermissionName, action: Action) =>
  createPermission({
    name,
    attributes: { action },
    resourceType: RESOURCE_TYPE_WEBHOOK_FAILURE,
  });

/** See failed webhooks, their payloads and attempts. @public */
export const webhookReadPermission = webhook('operations.webhook.read', 'read');
/** Have failed webhooks sent again, and stop such a replay. @public */
export const webhookReplayPermission = webhook(
  'operations.webhook.replay',
  'create',
);
/** Suppress failures, one by one or by pattern. @public */
export const webhookSuppressPermission = webhook(
  'operations.webhook.suppress',
  'update',
);
/** Mark failures handled. @public */
export const webhookHandlePermission = webhook(
  'operations.webhook.handle',
  'update',
);
/** Report failures over HTTP and carry out replays: for services. @public */
export const webhookReportPermission = basic(
  'operations.webhook.report',
  'update',
);

/** Permissions on failed webhooks that may be conditional on the tenant. */
export const webhookFailurePermissions = [
  webhookReadPermission,
  webhookReplayPermission,
  webhookSuppressPermission,
  webhookHandlePermission,
];

/**
 * Every permission of Operations; a policy that names one not in this list has a typing error.
 * @public
 */
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
