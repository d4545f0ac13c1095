import { createTranslationRef } from '@backstage/frontend-plugin-api';
import type { TFunction } from '../components/messages';

/** The words of the page of migrations. */
export const migrationMessages = createTranslationRef({
  id: 'operations.migrations',
  translations: { sv: () => import('./messages.sv') },
  messages: {
    title: 'Migrations',
    headline: {
      none: 'No component has reported yet',
      settled_one: '{{environment}}: {{count, number}} component settled',
      settled_other: '{{environment}}: {{count, number}} components settled',
      unsettled: '{{environment}}: {{components}}',
      component: '{{component}} {{state}}',
      more_one: '{{count, number}} more',
      more_other: '{{count, number}} more',
    },
    facets: { environment: 'Environment', state: 'State' },
    states: {
      settled: 'settled',
      settling: 'settling',
      pending: 'pending',
      missing: 'missing',
      'out-of-order': 'out of order',
      diverged: 'diverged',
      failed: 'failed',
      locked: 'locked',
      silent: 'silent',
      unknown: 'unknown',
    },
    meanings: {
      settled: 'Code and database agree on every instance',
      settling:
        'A deploy is in progress: models are being initialised, or several versions run side by side',
      pending:
        'Some migrations have not been applied, or some declared indexes do not exist',
      missing: 'A migration was applied whose file is missing in this version',
      'out-of-order':
        'A migration was skipped, although later ones were applied',
      diverged:
        'The database was migrated by code that this version does not know',
      failed: 'A migration or the initialisation failed',
      locked:
        'Migrations are running, or a process died and left the lock behind',
      silent: 'An instance stopped reporting; its state is not known',
      unknown: 'The state is not known; see the reason beside it',
    },
    table: {
      title: 'Components',
      failure: 'The components could not be loaded',
      noMatch: 'No components match these filters',
      component: 'Component',
      state: 'State',
      why: 'Why',
      agree: 'Code and database agree',
      versions: 'Versions',
      readBy: 'read by {{source}}',
      indexes: 'Indexes',
      pending: 'Pending',
      none: 'none',
      since: 'Since',
      noneRunning: 'none running',
      open: 'Open',
      openComponent: 'Open {{component}} in {{environment}}',
    },
    empty: {
      title: 'No component has reported yet',
      text: 'A component appears here once one of its instances reports, or once the configuration of the portal names its database.',
    },
    detail: {
      title: '{{component}} in {{environment}}',
      instances: 'Instances',
      failure: 'The instances could not be loaded',
      instance: 'Instance',
      retired: '{{instance}} (ended or replaced)',
      version: 'Version',
      state: 'State',
      models: 'Models',
      lastReport: 'Last report',
      initialised_one: 'initialised, {{count, number}} model',
      initialised_other: 'initialised, {{count, number}} models',
      initialising: 'initialising',
      'not-started': 'not started',
      failed: 'failed',
      failedWith: 'failed: {{error}}',
      migrations: 'Migrations ({{tool}})',
      applied_one: '{{count, number}} applied · current: {{current}}',
      applied_other: '{{count, number}} applied · current: {{current}}',
      appliedNone_one: '{{count, number}} applied · current: none',
      appliedNone_other: '{{count, number}} applied · current: none',
      current: 'current: {{current}}',
      lastRun: 'Last applied: {{name}} {{direction}}, {{result}}, {{time}}',
      lastRunBatch:
        'Last applied: {{name}} {{direction}}, {{result}}, {{time}}, batch {{batch}}',
      localTime: '{{time}} (local time of the machine)',
      locked: 'Locked',
      lockedSince: 'Locked since {{time}}',
      lockedBy: 'Locked by {{holder}}',
      lockedSinceBy: 'Locked since {{time}} by {{holder}}',
      pending: 'Not applied yet',
      outOfOrder: 'Not applied, although later ones were',
      missing: 'Applied, but missing in this version',
    },
    indexes: {
      title: 'Indexes of {{collection}}',
      failure: 'The indexes could not be loaded',
      declared: 'Declared',
      actual: 'On the server',
      result: 'Result',
      empty: 'Only the index on _id',
      results: {
        create: '+ will be created',
        differ: '≠ options differ',
        undeclared: '− not declared by any model',
        same: 'same',
      },
    },
  },
});

/** Says the words of migrations. */
export type MigrationT = TFunction<typeof migrationMessages>;
