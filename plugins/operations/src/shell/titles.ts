/**
 * Titles of what a portal places. The new frontend system takes them as plain texts when the app
 * starts, before there is a language; a portal replaces them in its configuration.
 */
export const TITLES = {
  operations: 'Operations',
  pages: {
    attention: 'Attention',
    jobs: 'Jobs',
    runs: 'Runs',
    webhooks: 'Webhooks',
    'rate-limits': 'Rate limits',
    flags: 'Flags',
    maintenance: 'Maintenance',
    caches: 'Caches',
    migrations: 'Migrations',
    approvals: 'Approvals',
    audit: 'Audit',
  },
  entity: { runs: 'Runs', jobs: 'Jobs' },
  home: {
    attention: 'Attention',
    description: 'What on the platform needs attention now',
  },
} as const;
