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
    load: async () =>
      (await import('../attention/AttentionPage')).AttentionPage,
  },
  {
    path: 'jobs',
    title: 'Jobs',
    load: async () => (await import('../jobs/JobsPage')).JobsPage,
  },
  {
    path: 'webhooks',
    title: 'Webhooks',
    load: async () => (await import('../webhooks/WebhooksPage')).WebhooksPage,
  },
  {
    path: 'rate-limits',
    title: 'Rate limits',
    load: async () =>
      (await import('../rate-limits/RateLimitsPage')).RateLimitsPage,
  },
  {
    path: 'flags',
    title: 'Flags',
    load: async () => (await import('../flags/FlagsPage')).FlagsPage,
  },
  {
    path: 'maintenance',
    title: 'Maintenance',
    load: async () =>
      (await import('../maintenance/MaintenancePage')).MaintenancePage,
  },
  {
    path: 'caches',
    title: 'Caches',
    load: async () => (await import('../caches/CachesPage')).CachesPage,
  },
  {
    path: 'migrations',
    title: 'Migrations',
    load: async () =>
      (await import('../migrations/MigrationsPage')).MigrationsPage,
  },
  {
    path: 'audit',
    title: 'Audit',
    load: async () => (await import('../audit/AuditPage')).AuditPage,
  },
];
