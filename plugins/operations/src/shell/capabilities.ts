import type { ComponentType } from 'react';

/** A part of Operations: a tab with routes of its own below it. */
export interface Capability {
  /** path below `/operations`, name of the folder, of the API and of the extension */
  path: string;
  /** of the tab */
  title: string;
  /** the pages, with their own `<Routes>` where there are several; loaded when first opened */
  load: () => Promise<{ default: ComponentType }>;
}

/**
 * The table of capabilities, in the order of their tabs. A line here yields the tab and the routes in portals of either frontend system.
 * The first is what `/operations` opens.
 */
export const capabilities: Capability[] = [
  {
    path: 'attention',
    title: 'Attention',
    load: () => import('../attention'),
  },
  { path: 'jobs', title: 'Jobs', load: () => import('../jobs') },
  { path: 'webhooks', title: 'Webhooks', load: () => import('../webhooks') },
  {
    path: 'rate-limits',
    title: 'Rate limits',
    load: () => import('../rate-limits'),
  },
  { path: 'flags', title: 'Flags', load: () => import('../flags') },
  {
    path: 'maintenance',
    title: 'Maintenance',
    load: () => import('../maintenance'),
  },
  { path: 'caches', title: 'Caches', load: () => import('../caches') },
  {
    path: 'migrations',
    title: 'Migrations',
    load: () => import('../migrations'),
  },
  { path: 'audit', title: 'Audit', load: () => import('../audit') },
];
