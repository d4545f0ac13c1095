/** What each permission is for, in words that complete "may …". */
const TITLES: Record<string, string> = {
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

/** What a permission is for, in words that complete "may …"; its name where no words are known. @public */
export function permissionTitle(name: string): string {
  return Object.hasOwn(TITLES, name) ? TITLES[name] : name;
}
