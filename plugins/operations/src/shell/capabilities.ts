import type { ComponentType } from 'react';
import type { PageName } from '../links';

/** A part of Operations: a tab with routes of its own below it. */
export interface Capability {
  /** the path below the page, and the name of the folder and of the extension */
  path: PageName;
  /** of the tab */
  title: string;
  /** the page, with its own `<Routes>` where there are several; loaded when first opened */
  load: () => Promise<ComponentType>;
}

/**
 * The capabilities in the order of their tabs. A line here makes the tab and the routes in portals
 * of either frontend system. The first one is the landing page.
 */
export const capabilities: Capability[] = [
  {
    path: 'attention',
    title: 'Attention',
    load: () => import('../attention/AttentionPage').then(m => m.AttentionPage),
  },
  {
    path: 'jobs',
    title: 'Jobs',
    load: () => import('../jobs/JobsPage').then(m => m.JobsPage),
  },
  {
    path: 'webhooks',
    title: 'Webhooks',
    load: () => import('../webhooks/WebhooksPage').then(m => m.WebhooksPage),
  },
  {
    path: 'rate-limits',
    title: 'Rate limits',
    load: () =>
      import('../rate-limits/RateLimitsPage').then(m => m.RateLimitsPage),
  },
  {
    path: 'flags',
    title: 'Flags',
    load: () => import('../flags/FlagsPage').then(m => m.FlagsPage),
  },
  {
    path: 'maintenance',
    title: 'Maintenance',
    load: () =>
      import('../maintenance/MaintenancePage').then(m => m.MaintenancePage),
  },
  {
    path: 'caches',
    title: 'Caches',
    load: () => import('../caches/CachesPage').then(m => m.CachesPage),
  },
  {
    path: 'migrations',
    title: 'Migrations',
    load: () =>
      import('../migrations/MigrationsPage').then(m => m.MigrationsPage),
  },
  {
    path: 'audit',
    title: 'Audit',
    load: () => import('../audit/AuditPage').then(m => m.AuditPage),
  },
];
