import { screen, waitFor, within } from '@testing-library/react';
import { http, HttpResponse } from 'msw';
import {
  migrationStateSchema,
  type MigrationInstance,
} from '@craft-easy/backstage-plugin-operations-common/internal';
import type { MigrationComponent } from '@craft-easy/backstage-plugin-operations-common';
import { seriousViolations } from '../__testUtils__/axe';
import { errorAnswer } from '../__testUtils__/handlers';
import { at, iso, pagePortal } from '../__testUtils__/pagePortal';
import { renderPage } from '../__testUtils__/renderPage';
import { MigrationsPage } from './MigrationsPage';
import { tOf } from '../__testUtils__/translate';
import { migrationMessages } from './messages';
import { TONES } from './words';

const server = pagePortal();

const anInstance = (
  patch: Partial<MigrationInstance> = {},
): MigrationInstance => ({
  instance: 'api-7d9f',
  version: '1.8.3',
  state: 'settled',
  reasons: [],
  since: iso(-60_000),
  reportedAt: iso(-2_000),
  retired: false,
  init: { state: 'initialised', models: ['Member', 'Booking'] },
  indexes: [],
  ...patch,
});

const aComponent = (
  patch: Partial<MigrationComponent> = {},
): MigrationComponent => ({
  component: 'tenant-api',
  environment: 'production',
  source: 'reports',
  state: 'settled',
  reasons: [],
  since: iso(-60_000),
  versions: [{ version: '1.8.3', instances: 2 }],
  pendingIndexes: { create: 0, drop: 0 },
  pendingMigrations: 0,
  instances: [anInstance()],
  ...patch,
});

function aPortal(
  items: MigrationComponent[],
  sentence = 'production: 1 component settled',
) {
  server.use(
    http.get(at('/migrations'), () =>
      HttpResponse.json({
        items,
        environments: items.length
          ? [{ environment: 'production', settled: true, sentence }]
          : [],
      }),
    ),
  );
}

const open = (query = '') =>
  renderPage(<MigrationsPage />, `/operations/migrations${query}`);

describe('page of migrations', () => {
  it('answers in one line whether the deploy has settled', async () => {
    aPortal([aComponent()]);
    await open();
    expect(
      await screen.findByText('production: 1 component settled'),
    ).toBeVisible();
    const table = within(screen.getByRole('table', { name: 'Components' }));
    expect(await table.findByText('Code and database agree')).toBeVisible();
    expect(table.getByText('tenant-api')).toBeVisible();
    expect(await seriousViolations()).toEqual([]);
  });

  it('tells every state by a word and a meaning of its own, and only settled is green', async () => {
    const states = migrationStateSchema.options;
    aPortal(
      states.map(state =>
        aComponent({
          component: `of-${state}`,
          state,
          reasons: [`why ${state}`],
        }),
      ),
    );
    await open();
    const table = within(screen.getByRole('table', { name: 'Components' }));
    for (const state of states) {
      expect(await table.findByText(`why ${state}`)).toBeVisible();
      expect(table.getByText(state.replace(/-/g, ' '))).toBeVisible();
      expect(TONES[state] === 'good').toBe(state === 'settled');
    }
    const t = tOf(migrationMessages);
    const meanings = states.map(state => t(`meanings.${state}`));
    expect(new Set(meanings).size).toBe(states.length);
    expect(await seriousViolations()).toEqual([]);
  });

  it('opens a component: its instances by version, what was not run, and its indexes side by side', async () => {
    aPortal([
      aComponent({
        state: 'pending',
        reasons: ['1 migration not run yet: 20260201_second'],
        versions: [
          { version: '1.8.3', instances: 1 },
          { version: '1.8.2', instances: 1 },
        ],
        pendingIndexes: { create: 1, drop: 1 },
        pendingMigrations: 1,
        instances: [
          anInstance({
            state: 'pending',
            migrations: {
              tool: 'beanie',
              current: '20260101_first',
              applied: 1,
              pending: ['20260201_second'],
              missing: [],
              outOfOrder: [],
              lastRun: {
                name: '20260101_first',
                at: '2026-11-03T03:00:00',
                direction: 'forward',
                result: 'succeeded',
              },
            },
            indexes: [
              {
                collection: 'members',
                missing: [
                  {
                    keys: [
                      ['tenant', 1],
                      ['joined_at', -1],
                    ],
                    options: { unique: true },
                    models: ['Member'],
                  },
                ],
                extra: [{ keys: [['old', 1]], options: {}, models: [] }],
                changed: [],
                same: [{ keys: [['email', 1]], options: {}, models: [] }],
              },
            ],
          }),
          anInstance({ instance: 'api-old', version: '1.8.2', retired: true }),
        ],
      }),
    ]);
    const { user, query } = await open();
    await user.click(
      await screen.findByRole('button', {
        name: 'Open tenant-api in production',
      }),
    );
    expect(query().get('open')).toBe('reports/production/tenant-api');
    const detail = within(
      await screen.findByRole('region', { name: 'tenant-api in production' }),
    );
    const instances = within(detail.getByRole('table', { name: 'Instances' }));
    expect(instances.getByText(/api-old/)).toHaveTextContent(
      'api-old (ended or replaced)',
    );
    expect(
      detail.getByText(/2026-11-03T03:00:00 \(local time of the machine\)/),
    ).toBeVisible();
    expect(detail.getByText('20260201_second')).toBeVisible();
    const indexes = within(
      detail.getByRole('table', { name: 'Indexes of members' }),
    );
    const [first, second, third] = indexes.getAllByRole('row').slice(1);
    expect(first).toHaveTextContent(
      /tenant 1, joined_at -1 · unique.*–.*will be created/,
    );
    expect(second).toHaveTextContent(/–.*old 1.*not declared by any model/);
    expect(third).toHaveTextContent(/email 1.*email 1.*same/);
    expect(await seriousViolations()).toEqual([]);
  });

  it('[truth.14] opens a component beside the list, and Escape closes it', async () => {
    aPortal([aComponent()]);
    const { user, query } = await open('?open=reports/production/tenant-api');
    expect(await screen.findByRole('dialog')).toContainElement(
      screen.getByRole('table', { name: 'Instances' }),
    );
    await user.keyboard('{Escape}');
    await waitFor(() => expect(query().has('open')).toBe(false));
    expect(screen.queryByRole('dialog')).toBeNull();
  });

  it('[truth.6] gives no number of what was applied where it cannot be known', async () => {
    aPortal([
      aComponent({
        state: 'diverged',
        instances: [
          anInstance({
            state: 'diverged',
            migrations: {
              tool: 'beanie',
              current: '20260115_of_a_branch',
              pending: [],
              missing: ['20260115_of_a_branch'],
              outOfOrder: [],
            },
          }),
        ],
      }),
    ]);
    await open('?open=reports/production/tenant-api');
    const migrations = await screen.findByRole('region', {
      name: 'Migrations (beanie)',
    });
    expect(migrations).toHaveTextContent('current: 20260115_of_a_branch');
    expect(migrations).not.toHaveTextContent(/\d applied/);
  });

  it('finds what is wrong by its state, and keeps that in the address', async () => {
    aPortal([
      aComponent(),
      aComponent({
        component: 'booking-api',
        state: 'diverged',
        reasons: ['by code that this version does not know'],
      }),
    ]);
    await open('?state=diverged');
    const table = within(screen.getByRole('table', { name: 'Components' }));
    expect(await table.findByText('booking-api')).toBeVisible();
    expect(table.queryByText('tenant-api')).toBeNull();
  });

  it('says how components get here while there are none', async () => {
    aPortal([]);
    await open();
    expect(
      await screen.findByText('No component has reported yet', {
        selector: 'h3, h4, h5, h6, strong, p',
      }),
    ).toBeVisible();
    expect(screen.getByText(/MigrationReporter/)).toBeVisible();
    expect(await seriousViolations()).toEqual([]);
  });

  it('does not claim that anything has settled when nothing answers', async () => {
    server.use(
      http.get(at('/migrations'), () =>
        errorAnswer(500, 'Error', 'the database is away'),
      ),
    );
    await open();
    expect(await screen.findAllByText(/the database is away/)).not.toEqual([]);
    expect(screen.queryByText(/settled/)).toBeNull();
    expect(await seriousViolations()).toEqual([]);
  });
});
