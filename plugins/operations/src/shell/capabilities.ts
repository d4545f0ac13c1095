import type { ComponentType } from 'react';
import type { Permission } from '@backstage/plugin-permission-common';
import {
  approvalReadPermission,
  auditReadPermission,
  cacheReadPermission,
  flagReadPermission,
  jobReadPermission,
  maintenanceReadPermission,
  migrationReadPermission,
  rateLimitReadPermission,
  webhookReadPermission,
  type PageName,
} from '@craft-easy/backstage-plugin-operations-common';

/** A part of Operations: a tab with routes of its own below it. */
export interface Capability {
  /** the path below the page, and the name of the folder and of the extension */
  path: PageName;
  /** the page, with its own `<Routes>` where there are several; loaded when first opened */
  load: () => Promise<ComponentType>;
  /** whoever lacks it has no use of the page; absent: the page has something for everybody */
  read?: Permission;
  /** what the names of its actions begin with, in the audit trail */
  actions?: string[];
}

/**
 * The capabilities in the order of their tabs. A line here makes the tab and the routes in portals
 * of either frontend system. The first one is the landing page.
 */
export const capabilities: Capability[] = [
  {
    path: 'attention',
    load: () => import('../attention/AttentionPage').then(m => m.AttentionPage),
  },
  {
    path: 'jobs',
    read: jobReadPermission,
    actions: ['job', 'queue'],
    load: () => import('../jobs/JobsPage').then(m => m.JobsPage),
  },
  {
    path: 'runs',
    read: jobReadPermission,
    actions: ['run'],
    load: () => import('../runs/RunPages').then(m => m.RunPages),
  },
  {
    path: 'webhooks',
    read: webhookReadPermission,
    actions: ['webhook'],
    load: () => import('../webhooks/WebhooksPage').then(m => m.WebhooksPage),
  },
  {
    path: 'rate-limits',
    read: rateLimitReadPermission,
    actions: ['rate-limit'],
    load: () =>
      import('../rate-limits/RateLimitsPage').then(m => m.RateLimitsPage),
  },
  {
    path: 'flags',
    read: flagReadPermission,
    actions: ['flag'],
    load: () => import('../flags/FlagsPage').then(m => m.FlagsPage),
  },
  {
    path: 'maintenance',
    read: maintenanceReadPermission,
    actions: ['maintenance'],
    load: () =>
      import('../maintenance/MaintenancePage').then(m => m.MaintenancePage),
  },
  {
    path: 'caches',
    read: cacheReadPermission,
    actions: ['cache'],
    load: () => import('../caches/CachesPage').then(m => m.CachesPage),
  },
  {
    path: 'migrations',
    read: migrationReadPermission,
    load: () =>
      import('../migrations/MigrationsPage').then(m => m.MigrationsPage),
  },
  {
    path: 'approvals',
    read: approvalReadPermission,
    load: () => import('../approvals/ApprovalsPage').then(m => m.ApprovalsPage),
  },
  {
    path: 'audit',
    read: auditReadPermission,
    load: () => import('../audit/AuditPage').then(m => m.AuditPage),
  },
];
