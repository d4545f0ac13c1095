/** The pages of Operations, each by its path below wherever a portal mounts them. */
export const PAGES = [
  'attention',
  'jobs',
  'runs',
  'webhooks',
  'rate-limits',
  'flags',
  'maintenance',
  'caches',
  'migrations',
  'approvals',
  'audit',
] as const;
/** A page of Operations: a tab. @public */
export type PageName = (typeof PAGES)[number];
