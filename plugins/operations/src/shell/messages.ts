import { createTranslationRef } from '@backstage/frontend-plugin-api';
import { TITLES } from './titles';

/** What the frame around the pages says. */
export const shellMessages = createTranslationRef({
  id: 'operations.shell',
  translations: { sv: () => import('./messages.sv') },
  messages: {
    title: TITLES.operations,
    pages: TITLES.pages,
    counted: '{{title}} ({{n, number}})',
    notFound: {
      title: 'There is no such page',
      text: 'Operations has nothing at this address. The link may be mistyped, or older than this version.',
    },
    runFailure: 'The run could not be loaded',
    tenant: {
      attention: {
        failure: 'What needs attention could not be loaded',
        empty: 'Nothing of this tenant needs attention',
      },
      jobs: {
        failure: 'The jobs could not be loaded',
        count_one: '{{count, number}} job that runs for this tenant',
        count_other: '{{count, number}} jobs that run for this tenant',
      },
    },
    docs: 'Read how it works',
    noAccess: '{{page}}: you do not have access',
    unused: {
      title: '{{page}}: not in use here',
      when: {
        webhooks:
          'Failed webhooks are listed here, to be replayed or suppressed, once a dispatcher of the platform reports to this portal.',
        'rate-limits':
          'Limits and their overrides are shown here once a rate limiter of the platform reports to this portal.',
        flags: 'Flags are switched here once one is configured.',
        maintenance:
          'Maintenance of a tenant or of the whole platform is planned here once the platform honours it and the page is switched on.',
        caches:
          'Caches of the platform are purged here once a cache is configured.',
        migrations:
          'The state of migrations is shown here once a service reports it or a database is configured.',
        approvals:
          'Actions wait here for a second person once the configuration names such actions.',
      },
      how: 'To switch the page on now, set {{setting}} in the configuration of the portal.',
    },
  },
});
