import {
  createPermission,
  type BasicPermission,
  type PermissionAttributes,
} from '@backstage/plugin-permission-common';

type Action = NonNullable<PermissionAttributes['action']>;

/** The kind of each permission, and what it is for, in words that complete "may …". */
const PERMISSIONS = {
  'operations.job.read': ['read', 'see jobs, their runs and logs'],
  'operations.job.run': [
    'create',
    'run jobs by hand and resume their paused queues',
  ],
  'operations.job.cancel': ['update', 'cancel runs'],
  'operations.job.retry': ['create', 'retry runs'],
  'operations.checkin.report': [
    'update',
    'report runs of jobs over HTTP, as a service',
  ],
  'operations.webhook.read': ['read', 'see failed webhooks'],
  'operations.webhook.replay': ['create', 'have failed webhooks sent again'],
  'operations.webhook.suppress': ['update', 'suppress failed webhooks'],
  'operations.webhook.handle': ['update', 'mark failed webhooks handled'],
  'operations.webhook.report': [
    'update',
    'report failed webhooks, as a service',
  ],
  'operations.audit.read': ['read', 'read the audit trail'],
  'operations.approval.read': [
    'read',
    'see actions that wait for a second person',
  ],
  'operations.approval.decide': [
    'update',
    'approve or reject actions that need a second person',
  ],
  'operations.attention.acknowledge': [
    'update',
    'acknowledge and snooze attention items',
  ],
  'operations.cache.read': ['read', 'see caches and their purges'],
  'operations.cache.purge': ['delete', 'purge caches'],
  'operations.migration.read': ['read', 'see migration status'],
  'operations.migration.report': [
    'update',
    'report migration status, as a service',
  ],
  'operations.rate-limit.read': ['read', 'see rate limits'],
  'operations.rate-limit.override': ['update', 'override rate limits'],
  'operations.flag.read': ['read', 'see global flags'],
  'operations.flag.toggle': ['update', 'change global flags'],
  'operations.maintenance.read': ['read', 'see maintenance windows'],
  'operations.maintenance.toggle': ['update', 'begin and end maintenance'],
} satisfies Record<string, [action: Action, title: string]>;

/** Name of a permission; one without a title does not compile. */
type PermissionName = keyof typeof PERMISSIONS;

const attributesOf = (name: PermissionName): PermissionAttributes => ({
  action: PERMISSIONS[name][0],
});
const basic = (name: PermissionName): BasicPermission =>
  createPermission({ name, attributes: attributesOf(name) });

/** What a permission is for, in words that complete "may …"; an unknown one by its name. */
export function permissionTitle(name: string): string {
  return Object.hasOwn(PERMISSIONS, name)
    ? PERMISSIONS[name as PermissionName][1]
    : name;
}

/** Resource type of a batch job; the reference is `<engine>/<name>`. @public */
export const RESOURCE_TYPE_JOB = 'operations-job';

const job = (name: PermissionName) =>
  createPermission({
    name,
    attributes: attributesOf(name),
    resourceType: RESOURCE_TYPE_JOB,
  });

/** See a job, its runs and logs. @public */
export const jobReadPermission = job('operations.job.read');
/** Start a run by hand, resume a paused queue. @public */
export const jobRunPermission = job('operations.job.run');
/** Cancel a queued or running run. @public */
export const jobCancelPermission = job('operations.job.cancel');
/** Run again what failed. @public */
export const jobRetryPermission = job('operations.job.retry');

/** Permissions on jobs: conditional on owner, tenant or tag. */
export const jobPermissions = [
  jobReadPermission,
  jobRunPermission,
  jobCancelPermission,
  jobRetryPermission,
];

/** Report runs of jobs over HTTP: for services. @public */
export const checkinReportPermission = basic('operations.checkin.report');

/** Read the audit trail and verify it. @public */
export const auditReadPermission = basic('operations.audit.read');

/** See actions that wait, or waited, for a second person. @public */
export const approvalReadPermission = basic('operations.approval.read');
/**
 * Be the second person: approve or reject what one may do oneself and somebody else asked for.
 * @public
 */
export const approvalDecidePermission = basic('operations.approval.decide');
const approvalPermissions = [approvalReadPermission, approvalDecidePermission];

/** See cache targets and their purges. @public */
export const cacheReadPermission = basic('operations.cache.read');
/** Preview, start and cancel a purge. @public */
export const cachePurgePermission = basic('operations.cache.purge');
const cachePermissions = [cacheReadPermission, cachePurgePermission];

/** See what components report of their migrations. @public */
export const migrationReadPermission = basic('operations.migration.read');
/** Report a component's own state: for services. @public */
export const migrationReportPermission = basic('operations.migration.report');
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
);

/** See rate-limit overrides and what limiters count. @public */
export const rateLimitReadPermission = basic('operations.rate-limit.read');
/** Create, extend and end overrides. @public */
export const rateLimitOverridePermission = basic(
  'operations.rate-limit.override',
);
/** See global flags; evaluate them over OFREP. @public */
export const flagReadPermission = basic('operations.flag.read');
/** Create, switch, edit and delete global flags. @public */
export const flagTogglePermission = basic('operations.flag.toggle');
/** See maintenance windows. @public */
export const maintenanceReadPermission = basic('operations.maintenance.read');
/** Begin, plan, extend and end maintenance. @public */
export const maintenanceTogglePermission = basic(
  'operations.maintenance.toggle',
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

const webhook = (name: PermissionName) =>
  createPermission({
    name,
    attributes: attributesOf(name),
    resourceType: RESOURCE_TYPE_WEBHOOK_FAILURE,
  });

/** See failed webhooks, their payloads and attempts. @public */
export const webhookReadPermission = webhook('operations.webhook.read');
/** Have failed webhooks sent again, and stop such a replay. @public */
export const webhookReplayPermission = webhook('operations.webhook.replay');
/** Suppress failures, one by one or by pattern. @public */
export const webhookSuppressPermission = webhook('operations.webhook.suppress');
/** Mark failures handled. @public */
export const webhookHandlePermission = webhook('operations.webhook.handle');
/** Report failures over HTTP and carry out replays: for services. @public */
export const webhookReportPermission = basic('operations.webhook.report');

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
  checkinReportPermission,
  ...webhookFailurePermissions,
  webhookReportPermission,
  auditReadPermission,
  ...approvalPermissions,
  attentionAcknowledgePermission,
  ...cachePermissions,
  ...migrationPermissions,
  ...controlPermissions,
];
