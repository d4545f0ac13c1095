import type { JobDetail } from '@craft-easy/backstage-plugin-operations-common/internal';

/** What differs between jobs; the test platform fills in the rest. */
export type TestJob = Pick<JobDetail, 'name' | 'description' | 'owner'> &
  Partial<JobDetail> & {
    /** how long a run takes, about */
    typicalMs: number;
    /** one run in this many fails; 0: none */
    failsOneIn: number;
    failsFor?: string;
    failsWith?: string;
    /** minutes between the runs of the history */
    everyMinutes: number;
  };

export const TENANTS = ['acme', 'borealis', 'cumulus', 'dynamo', 'evergreen'];

const STOCKHOLM = 'Europe/Stockholm';

/** The jobs of a plausible small SaaS. */
export const TEST_JOBS: TestJob[] = [
  {
    name: 'weekly-license-renewal-reminder',
    description: 'Mails every customer whose license ends within 30 days',
    owner: 'group:default/customer-success',
    schedule: { cron: '0 7 * * 1', timezone: STOCKHOLM },
    tags: ['mail'],
    typicalMs: 42_000,
    failsOneIn: 0,
    failsWith: 'Mail provider answered 502 Bad Gateway for batch 7 of 12',
    everyMinutes: 7 * 24 * 60,
    supportsDryRun: true,
    cancellable: true,
    parametersSchema: {
      type: 'object',
      properties: {
        daysAhead: {
          type: 'integer',
          title: 'Days ahead',
          minimum: 1,
          maximum: 90,
          default: 30,
          description: 'Licenses that end within so many days',
        },
        template: {
          type: 'string',
          title: 'Template',
          enum: ['reminder-v2', 'reminder-v3'],
          default: 'reminder-v3',
        },
      },
      required: ['daysAhead'],
    },
  },
  {
    name: 'daily-mrr-rollup',
    description:
      'Sums the monthly recurring revenue of all tenants into the finance ledger',
    owner: 'group:default/finance',
    schedule: { cron: '15 2 * * *', timezone: STOCKHOLM },
    manualRun: false,
    manualRunReason:
      'Each run posts to the ledger. A second one on the same day would count the revenue twice.',
    onCall: {
      title: 'Finance on call',
      url: 'https://pager.example.com/finance',
    },
    tags: ['money'],
    typicalMs: 190_000,
    failsOneIn: 9,
    failsWith: 'Ledger refused the posting: period 2026-11 is locked',
    everyMinutes: 24 * 60,
    targetDurationMs: 300_000,
  },
  {
    name: 'tenant-usage-export',
    description: 'Writes yesterday’s usage of each tenant to its bucket',
    owner: 'group:default/data-platform',
    schedule: { cron: '30 1 * * *', timezone: 'UTC' },
    tenantScoped: true,
    cancellable: true,
    supportsTimeRange: true,
    supportsDryRun: true,
    tags: ['export'],
    typicalMs: 95_000,
    failsOneIn: 0,
    failsFor: 'cumulus',
    failsWith: 'Access denied to bucket cumulus-usage (403)',
    everyMinutes: 24 * 60,
    targetDurationMs: 120_000,
  },
  {
    name: 'full-data-export',
    description:
      'Exports everything of a tenant on request; takes up to an hour',
    owner: 'group:default/data-platform',
    schedule: null,
    tenantScoped: true,
    cancellable: true,
    tags: ['export', 'gdpr'],
    typicalMs: 2_400_000,
    failsOneIn: 30,
    everyMinutes: 2_000,
    failsWith: 'Disk quota exceeded on export volume',
  },
  {
    name: 'search-reindex',
    description: 'Rebuilds the search index',
    owner: 'group:default/data-platform',
    schedule: { cron: '0 3 * * 0', timezone: 'UTC' },
    cancellable: false,
    tags: ['search'],
    typicalMs: 1_500_000,
    failsOneIn: 0,
    everyMinutes: 7 * 24 * 60,
    targetDurationMs: 1_200_000,
  },
  {
    name: 'invoice-pdf-render',
    description: 'Renders the invoices that wait',
    owner: 'group:default/finance',
    schedule: { everyMs: 60_000 },
    tags: ['money', 'pdf'],
    typicalMs: 2_300,
    failsOneIn: 60,
    failsWith: 'Font "Inter" not found',
    everyMinutes: 1,
    targetDurationMs: 10_000,
  },
  {
    name: 'webhook-digest',
    description: 'Collects what webhooks could not deliver',
    owner: 'group:default/platform',
    schedule: { cron: '*/5 * * * *', timezone: 'UTC' },
    tags: ['webhooks'],
    typicalMs: 800,
    failsOneIn: 0,
    everyMinutes: 5,
  },
  {
    name: 'fx-rates-refresh',
    description: 'Fetches exchange rates',
    owner: 'group:default/finance',
    schedule: { cron: '0 * * * *', timezone: 'Europe/London' },
    tags: ['money'],
    typicalMs: 6_400,
    failsOneIn: 14,
    failsWith: 'getaddrinfo ENOTFOUND rates.example.com',
    everyMinutes: 60,
    targetDurationMs: 5_000,
  },
  {
    name: 'cleanup-expired-tokens',
    description: 'Deletes tokens that have expired',
    owner: 'group:default/platform',
    schedule: { cron: '10 4 * * *', timezone: 'America/New_York' },
    tags: ['cleanup'],
    typicalMs: 11_000,
    failsOneIn: 0,
    everyMinutes: 24 * 60,
  },
  {
    name: 'purge-soft-deleted',
    description: 'Deletes for good what was deleted 30 days ago',
    owner: 'group:default/platform',
    schedule: { cron: '40 4 * * *', timezone: 'UTC' },
    manualRun: true,
    tenantScoped: true,
    supportsDryRun: true,
    tags: ['cleanup', 'gdpr'],
    typicalMs: 18_000,
    failsOneIn: 0,
    everyMinutes: 24 * 60,
  },
  {
    name: 'churn-score',
    description: 'Trains the churn model and scores every account',
    owner: 'group:default/data-platform',
    schedule: { cron: '0 5 1 * *', timezone: 'UTC' },
    tags: ['ml'],
    typicalMs: 3_100_000,
    failsOneIn: 0,
    everyMinutes: 30 * 24 * 60,
  },
  {
    name: 'trial-expiry-sweep',
    description: 'Turns trials that ended into free plans',
    owner: 'group:default/customer-success',
    schedule: { everyMs: 900_000 },
    tags: ['billing'],
    typicalMs: 4_100,
    failsOneIn: 0,
    everyMinutes: 15,
  },
  {
    name: 'legacy-crm-sync',
    description: 'Copied accounts to the old CRM',
    owner: 'group:default/customer-success',
    schedule: { cron: '0 */6 * * *', timezone: STOCKHOLM },
    registered: false,
    tags: [],
    typicalMs: 51_000,
    failsOneIn: 0,
    everyMinutes: 360,
  },
  {
    name: 'image-thumbnails',
    description: '',
    owner: undefined,
    schedule: null,
    declared: false,
    tags: [],
    typicalMs: 350,
    failsOneIn: 200,
    everyMinutes: 20,
    failsWith: 'Input buffer contains unsupported image format',
  },
];
