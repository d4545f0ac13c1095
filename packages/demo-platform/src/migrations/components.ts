import type { MigrationFacts } from '@craft-easy/operations-sdk/migrations';

/** A component of the platform that reports, and how its instances stand. */
export interface DemoComponent {
  component: string;
  instances: Array<{ name: string; version: string }>;
  /** facts of an instance so many milliseconds after it has started */
  facts(version: string, ageMs: number): MigrationFacts;
}

const MEMBERS = {
  collection: 'members',
  model: 'Member',
  declared: [
    {
      keys: [
        ['tenant', 1],
        ['email', 1],
      ],
      options: { unique: true },
    },
    {
      keys: [
        ['tenant', 1],
        ['joinedAt', -1],
      ],
    },
  ],
} satisfies Partial<NonNullable<MigrationFacts['indexes']>[number]>;

const DONE = ['20260801_members', '20260914_consents', '20261102_visits'];
const INIT_MS = 8_000;
const INDEX_MS = 25_000;

/**
 * The tenant API is being deployed as the platform starts: it initialises, builds an index, and
 * has settled after half a minute. Billing has a pending migration. The booking service's
 * database was migrated by a branch that is gone.
 */
export const COMPONENTS: DemoComponent[] = [
  {
    component: 'tenant-api',
    instances: ['a', 'b', 'c'].map(id => ({
      name: `tenant-api-7d9f-${id}`,
      version: '1.8.3',
    })),
    facts: (_version, ageMs) => ({
      init:
        ageMs < INIT_MS
          ? { state: 'initialising' }
          : { state: 'initialised', models: ['Member', 'Visit', 'Consent'] },
      indexes: [
        {
          ...MEMBERS,
          actual:
            ageMs < INDEX_MS ? MEMBERS.declared.slice(0, 1) : MEMBERS.declared,
        },
      ],
      migrations: {
        tool: 'beanie',
        files: DONE,
        current: DONE[2],
        lastRun: {
          name: DONE[2],
          at: '2026-11-02T02:10:41',
          direction: 'forward',
          result: 'succeeded',
        },
      },
    }),
  },
  {
    component: 'billing-api',
    instances: [{ name: 'billing-api-5c4b-a', version: '3.2.0' }],
    facts: () => ({
      init: { state: 'initialised', models: ['Invoice', 'License'] },
      migrations: {
        tool: 'beanie',
        files: [...DONE.slice(0, 2), '20261120_invoice_currency'],
        current: DONE[1],
      },
    }),
  },
  {
    component: 'booking-api',
    instances: [{ name: 'booking-api-66ab-a', version: '2.4.1' }],
    facts: () => ({
      init: { state: 'initialised', models: ['Booking'] },
      migrations: {
        tool: 'beanie',
        files: DONE,
        current: '20261110_waiting_list',
      },
    }),
  },
];
