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

/** Every permission of Operations; a policy that names one not in this list has a typing error. @public */
export const operationsPermissions = [
  ...jobPermissions,
  auditReadPermission,
  attentionAcknowledgePermission,
  ...cachePermissions,
  ...migrationPermissions,
];
