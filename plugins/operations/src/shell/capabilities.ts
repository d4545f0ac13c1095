import type { ComponentType } from 'react';
import type { PageName } from '../links';

/** A part of Operations: a tab with routes of its own below it. */
export interface Capability {
  /** the path below the page, and the name of the folder and of the extension */
  path: PageName;
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
    load: () => import('../attention/AttentionPage').then(m => m.AttentionPage),
  },
  {
    path: 'jobs',
    load: () => import('../jobs/JobsPage').then(m => m.JobsPage),
  },
  {
    path: 'webhooks',
    load: () => import('../webhooks/WebhooksPage').then(m => m.WebhooksPage),
  },
  {
    path: 'rate-limits',
    load: () =>
      import('../rate-limits/RateLimitsPage').then(m => m.RateLimitsPage),
  },
  {
    path: 'flags',
    load: () => import('../flags/FlagsPage').then(m => m.FlagsPage),
  },
  {
    path: 'maintenance',
    load: () =>
      import('../maintenance/MaintenancePage').then(m => m.MaintenancePage),
  },
  {
    path: 'caches',
    load: () => import('../caches/CachesPage').then(m => m.CachesPage),
  },
  {
    path: 'migrations',
    load: () =>
      import('../migrations/MigrationsPage').then(m => m.MigrationsPage),
  },
  {
    path: 'audit',
    load: () => import('../audit/AuditPage').then(m => m.AuditPage),
  },
];
