import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { useEffect } from 'react';
import { useLocation, useNavigate } from 'react-router-dom';
import { parse } from 'yaml';
import { act, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { setupServer } from 'msw/node';
import { registerMswTestHooks } from '@backstage/test-utils';
import type { Entity } from '@backstage/catalog-model';
import {
  createExtensionTester,
  mockApis,
  renderTestApp,
} from '@backstage/frontend-test-utils';
import { EntityCardBlueprint } from '@backstage/plugin-catalog-react/alpha';
import {
  AppRootElementBlueprint,
  coreExtensionData,
  createFrontendModule,
  createFrontendPlugin,
  createTranslationMessages,
} from '@backstage/frontend-plugin-api';
import { TranslationBlueprint } from '@backstage/plugin-app-react';
import { Link } from '@backstage/core-components';
import {
  OperationsCapabilityBlueprint,
  useLinks,
  useLive,
} from '@craft-easy/backstage-plugin-operations-react';
import { handlersFor, TestPlatform } from './__testUtils__';
import { catalog, client } from './__testUtils__/appFeatures';
import { permissionsHandler } from './__testUtils__/permissions';
import plugin from './alpha';
import {
  JOB_ANNOTATION,
  operationsTranslations,
  TENANT_ANNOTATION,
} from './index';
import { capabilities } from './shell/capabilities';
import { TITLES } from './shell/titles';

const entity = (kind: string, annotations = {}, spec = {}): Entity => ({
  ...{ apiVersion: 'backstage.io/v1alpha1', kind, spec },
  metadata: { name: 'x', annotations },
});
const ENTITIES = {
  job: entity('Component', { [JOB_ANNOTATION]: 'bullmq/x' }),
  tenant: entity('Resource', { [TENANT_ANNOTATION]: 'acme' }),
  group: entity('Group'),
  service: entity('Component', {}, { type: 'service' }),
};

/** What a company may have on a tab of its own. */
function Releases() {
  const links = useLinks();
  const jobs = useLive('GET /jobs', { query: {} }, { topics: ['jobs'] });
  return (
    <ul>
      {jobs.data?.items.map(job => (
        <li key={job.id}>
          <Link to={links.jobHref(job)}>{job.name}</Link>
        </li>
      ))}
    </ul>
  );
}

/** What a browser has above the page. */
function BrowserBar(props: {
  of: { address: string; go: (steps: number) => void };
}) {
  const { pathname, search } = useLocation();
  const navigate = useNavigate();
  useEffect(() => {
    props.of.address = `${pathname}${search}`;
    props.of.go = navigate;
  });
  return null;
}

const releases = createFrontendPlugin({
  pluginId: 'releases',
  extensions: [
    OperationsCapabilityBlueprint.make({
      name: 'releases',
      params: {
        path: 'releases',
        title: 'Releases',
        loader: async () => <Releases />,
      },
    }),
  ],
});

const BASE_URLS = {
  app: { baseUrl: 'http://localhost:3000' },
  backend: { baseUrl: 'http://localhost:7007' },
};

/** The blocks of documents that configure extensions. */
function configurationsOf(...documents: string[]) {
  return documents
    .map(name => resolve(__dirname, '../../../docs', name))
    .flatMap(file => [
      ...readFileSync(file, 'utf8').matchAll(/^```yaml\n([^]*?)^```$/gm),
    ])
    .map(([, text]) => parse(text))
    .filter(({ app }) => app?.extensions);
}

const server = setupServer();
registerMswTestHooks(server);

// an app renders its pages anew while it starts: an element that is found may be replaced
describe('Operations in a portal on the new frontend system', () => {
  it('is a page with a tab for each capability, and the page of a job below', async () => {
    server.use(...handlersFor(new TestPlatform()));
    renderTestApp({
      features: [plugin, client, catalog],
      apis: [mockApis.permission()],
      initialRouteEntries: ['/operations/jobs/bullmq/churn-score'],
    });
    await waitFor(() =>
      expect(
        screen.getByRole('button', { name: 'Run churn-score' }),
      ).toBeVisible(),
    );
    const [tabs] = screen.getAllByRole('tablist');
    await waitFor(() =>
      expect(
        within(tabs)
          .getAllByRole('tab')
          .map(tab => tab.textContent),
      ).toEqual(capabilities.map(({ path }) => TITLES.pages[path])),
    );
  });

  it('[truth.15] offers no tab that the user may not read, and has a page at an address that has none', async () => {
    server.use(
      permissionsHandler(name => name === 'operations.audit.read'),
      ...handlersFor(new TestPlatform()),
    );
    renderTestApp({
      features: [plugin, client, catalog],
      apis: [mockApis.permission()],
      initialRouteEntries: ['/operations/nonsense'],
    });
    await waitFor(() =>
      expect(screen.getByText('There is no such page')).toBeVisible(),
    );
    expect(
      screen.getByRole('link', { name: 'Go to Operations' }),
    ).toHaveAttribute('href', '/operations');
    expect(await screen.findByRole('tab', { name: 'Flags' })).toBeVisible();
    expect(screen.queryByRole('tab', { name: 'Audit' })).toBeNull();
  });

  it('refuses another path for a tab of Operations, where links lead', () => {
    const jobs = (config: object) =>
      createExtensionTester(plugin.getExtension('sub-page:operations/jobs'), {
        config: config as never,
      }).get(coreExtensionData.routePath);
    expect(jobs({ path: 'jobs', title: 'Batch' })).toBe('jobs');
    expect(() => jobs({ path: 'batch' })).toThrow(
      'sub-page:operations/jobs stays at the path jobs, where links and notifications lead: batch is none for it',
    );
  });

  describe('whose configuration sets filters of a page beforehand', () => {
    /** Opens an address; tells where the browser is, and goes back or forward. */
    const open = (path: string) => {
      server.use(...handlersFor(new TestPlatform()));
      const browser = { address: '', go: (_steps: number) => {} };
      const Browser = createFrontendPlugin({
        pluginId: 'browser',
        extensions: [
          AppRootElementBlueprint.make({
            params: { element: <BrowserBar of={browser} /> },
          }),
        ],
      });
      renderTestApp({
        features: [plugin, client, catalog, Browser],
        apis: [mockApis.permission()],
        config: {
          app: {
            extensions: [
              {
                'sub-page:operations/jobs': {
                  config: {
                    filters: { status: ['failed', 'lost'], tag: 'gl' },
                  },
                },
              },
            ],
          },
        },
        initialRouteEntries: [path],
      });
      return {
        go: (steps: number) => act(() => browser.go(steps)),
        isAt: (address: string) =>
          waitFor(() => expect(browser.address).toBe(address)),
      };
    };
    const PLAIN = '/operations/jobs';
    const PRESET = '/operations/jobs?status=failed&status=lost&tag=gl';
    const filter = (name: string) =>
      within(screen.getByRole('search')).findByRole('button', { name });
    // above the table, and in its place where nothing matches
    const clear = async () =>
      (await screen.findAllByRole('button', { name: 'Clear filters' }))[0];

    it('shows them as chosen, in the address too, and until they are cleared', async () => {
      const user = userEvent.setup();
      const browser = open(PLAIN);
      await browser.isAt(PRESET);
      await screen.findByRole('search');
      expect(await filter('Status: failed +1')).toBeVisible();
      expect(await filter('Tag: gl')).toBeVisible();

      await user.click(await clear());
      await browser.isAt(PLAIN);
      expect(await filter('Status')).toBeVisible();
      // what else is done on the page leaves them off
      await user.type(screen.getByRole('searchbox'), 'churn');
      await browser.isAt(`${PLAIN}?search=churn`);
      await user.clear(screen.getByRole('searchbox'));
      await browser.isAt(PLAIN);

      browser.go(-1);
      await browser.isAt(PRESET);
      browser.go(1);
      await browser.isAt(PLAIN);
      expect(await filter('Status')).toBeVisible();
    });

    it('has them off after a look at a job, and on where the page is opened again', async () => {
      const user = userEvent.setup();
      const browser = open(PLAIN);
      await user.click(await clear());
      await browser.isAt(PLAIN);
      await user.click(
        await screen.findByRole('link', { name: 'churn-score' }),
      );
      await browser.isAt(`${PLAIN}/bullmq/churn-score`);
      await user.click(await screen.findByRole('link', { name: 'All jobs' }));
      await browser.isAt(PLAIN);

      await user.click(await screen.findByRole('tab', { name: 'Flags' }));
      await browser.isAt('/operations/flags');
      await user.click(await screen.findByRole('tab', { name: 'Jobs' }));
      await browser.isAt(PRESET);
      browser.go(-2);
      await browser.isAt(PLAIN);
      expect(await filter('Status')).toBeVisible();
    });

    it.each(['?owner=group%3Adefault%2Fdata', '?sort=name'])(
      'leaves the link %s as it is',
      async query => {
        const browser = open(PLAIN + query);
        await waitFor(() =>
          expect(
            screen.getByRole('columnheader', { name: /Job/ }),
          ).toBeVisible(),
        );
        await browser.isAt(PLAIN + query);
      },
    );

    it('leaves what is below the page as it is', async () => {
      const browser = open(`${PLAIN}/bullmq/churn-score`);
      await waitFor(() =>
        expect(
          screen.getByRole('button', { name: 'Run churn-score' }),
        ).toBeVisible(),
      );
      await browser.isAt(`${PLAIN}/bullmq/churn-score`);
    });
  });

  it.each([
    [
      'sub-page:operations/jobs',
      { filters: { status: 'broken' } },
      'status must be one of queued, running, cancelling, succeeded, failed, cancelled, timed-out, lost, refused, never, not "broken"',
    ],
    [
      'sub-page:operations/runs',
      { filters: { from: '2026-12-01T00:00:00Z' } },
      'from is no filter of this page; known are search, status, job, owner, tenant, trigger, operator, group, duration, age',
    ],
    [
      'sub-page:operations/attention',
      { filters: { status: 'failed' } },
      'is not for this page: it has no filters',
    ],
    [
      'sub-page:operations/jobs',
      { filter: { status: 'failed' } },
      'filter is no setting of sub-page:operations/jobs; known are title, filters',
    ],
    [
      'page:operations',
      { pollSecond: 5 },
      'pollSecond is no setting of page:operations; known are path, title, pollSeconds',
    ],
    [
      'entity-card:operations/flags',
      { filters: { kind: 'group' } },
      'filters is no setting of entity-card:operations/flags; known are filter, type',
    ],
    [
      'entity-content:operations/job-runs',
      { filters: { kind: 'group' } },
      'filters is no setting of entity-content:operations/job-runs; known are path, title, filter, group, icon',
    ],
  ] as const)(
    '[portal.3] refuses the configuration of %s that says %j',
    (id, config, sentence) => {
      expect(() =>
        createExtensionTester(
          plugin.getExtension(id as 'entity-card:operations/job'),
          { config: config as {} },
        ).get(coreExtensionData.reactElement),
      ).toThrow(sentence);
    },
  );

  it('[portal.2] starts with the configuration of extensions that the documents show', async () => {
    const blocks = configurationsOf('customizing.md', 'adding-a-tab.md');
    expect(blocks.length).toBeGreaterThan(5);
    for (const config of blocks) {
      server.use(...handlersFor(new TestPlatform()));
      const portal = renderTestApp({
        features: [plugin, client, catalog, releases],
        apis: [mockApis.permission()],
        config: { ...BASE_URLS, app: { ...BASE_URLS.app, ...config.app } },
      });
      portal.unmount();
    }
  });

  it('scrolls to the open tab once the others are there', async () => {
    server.use(...handlersFor(new TestPlatform()));
    const tabs: number[] = [];
    Element.prototype.scrollIntoView = () => {
      tabs.push(screen.getAllByRole('tab').length);
    };
    try {
      renderTestApp({
        features: [plugin, client, catalog],
        apis: [mockApis.permission()],
        initialRouteEntries: ['/operations/flags'],
      });
      await waitFor(() => expect(tabs).not.toEqual([]));
      expect(tabs[0]).toBeGreaterThan(1);
    } finally {
      Reflect.deleteProperty(Element.prototype, 'scrollIntoView');
    }
  });

  it('[truth.1] keeps a menu open while its filters are chosen', async () => {
    const user = userEvent.setup();
    server.use(...handlersFor(new TestPlatform()));
    renderTestApp({
      features: [plugin, client, catalog],
      apis: [mockApis.permission()],
      initialRouteEntries: ['/operations/jobs'],
    });
    const filters = within(await screen.findByRole('search'));
    await user.click(await filters.findByRole('button', { name: 'Owner' }));
    const menu = await screen.findByRole('dialog', { name: /owner/i });
    for (const box of within(menu).getAllByRole('checkbox').slice(0, 2)) {
      await user.click(box);
      await waitFor(() => expect(box).toBeChecked());
      expect(menu).toBeVisible();
      expect(box).toBeInTheDocument();
    }
  });

  it('[truth.17] has the name of a job in the breadcrumb, and its state in the title', async () => {
    server.use(...handlersFor(new TestPlatform()));
    renderTestApp({
      features: [plugin, client, catalog],
      apis: [mockApis.permission()],
      initialRouteEntries: ['/operations/jobs/bullmq/daily-mrr-rollup'],
    });
    const crumbs = () =>
      screen.getAllByRole('list').find(list => list.tagName === 'OL')!;
    await waitFor(() =>
      expect(crumbs()).toHaveTextContent(
        /^Operations\s*Jobs\s*daily-mrr-rollup$/,
      ),
    );
    expect(
      within(crumbs()).getByRole('link', { name: 'Jobs' }),
    ).toHaveAttribute('href', '/operations/jobs');
    await waitFor(() =>
      expect(document.title).toMatch(/^\(2\) ✖ daily-mrr-rollup · Jobs \| /),
    );
  });

  it('[truth.23] says a sentence as the portal words it, which replaces that of one key', async () => {
    server.use(...handlersFor(new TestPlatform()));
    const wording = createFrontendModule({
      pluginId: 'app',
      extensions: [
        TranslationBlueprint.make({
          name: 'operations-jobs',
          params: {
            resource: createTranslationMessages({
              ref: operationsTranslations.jobs,
              messages: { 'marks.notCancellable.text': 'runs to its end' },
            }),
          },
        }),
      ],
    });
    renderTestApp({
      features: [plugin, client, catalog, wording],
      apis: [mockApis.permission()],
      initialRouteEntries: ['/operations/jobs/bullmq/churn-score'],
    });
    await waitFor(() =>
      expect(screen.getByText('runs to its end')).toBeVisible(),
    );
  });

  it('[truth.23] names a page in the breadcrumb as its tab does', async () => {
    server.use(...handlersFor(new TestPlatform()));
    const wording = createFrontendModule({
      pluginId: 'app',
      extensions: [
        TranslationBlueprint.make({
          name: 'operations-shell',
          params: {
            resource: createTranslationMessages({
              ref: operationsTranslations.shell,
              messages: { 'pages.jobs': 'Tasks' },
            }),
          },
        }),
      ],
    });
    renderTestApp({
      features: [plugin, client, catalog, wording],
      apis: [mockApis.permission()],
      initialRouteEntries: ['/operations/jobs/bullmq/churn-score'],
    });
    expect(await screen.findByRole('tab', { name: 'Tasks' })).toBeVisible();
    await waitFor(() =>
      expect(
        screen.getAllByRole('list').find(list => list.tagName === 'OL'),
      ).toHaveTextContent(/^Operations\s*Tasks\s*churn-score$/),
    );
  });

  it('[portal.7] has a tab of a company’s own, with live data and links, wherever the pages are mounted', async () => {
    const user = userEvent.setup();
    server.use(...handlersFor(new TestPlatform()));
    renderTestApp({
      features: [plugin, client, catalog, releases],
      apis: [mockApis.permission()],
      config: {
        app: {
          extensions: [
            { 'page:operations': { config: { path: '/ops' } } },
            'operations-capability:releases/releases',
            { 'sub-page:operations/caches': false },
          ],
        },
      },
      initialRouteEntries: ['/ops/jobs'],
    });
    await user.click(await screen.findByRole('tab', { name: 'Releases' }));
    expect(
      await screen.findByRole('link', { name: 'churn-score' }),
    ).toHaveAttribute('href', '/ops/jobs/bullmq/churn-score');
    // the configuration names it first, and one of ours not to be there
    const tabs = screen.getAllByRole('tab').map(tab => tab.textContent);
    expect(tabs[0]).toBe('Releases');
    expect(tabs).not.toContain('Caches');
    expect(tabs).toContain('Flags');
  });

  it.each([
    ['entity-card:operations/job', 'job', ['job']],
    ['entity-card:operations/attention', 'job', ['job']],
    ['entity-content:operations/job-runs', 'job', ['job']],
    ['entity-content:operations/owned-jobs', 'group', ['group']],
    ['entity-card:operations/flags', 'group', ['group']],
    ['entity-card:operations/tenant-controls', 'tenant', ['tenant']],
    ['entity-card:operations/tenant-jobs', 'tenant', ['tenant']],
    ['entity-card:operations/tenant-webhooks', 'tenant', ['tenant']],
  ] as const)(
    '%s is on the page of a %s, or of what the portal’s configuration says',
    (id, _, expected) => {
      const of = (config: object) => {
        // tabs and cards have the same setting
        const extension = plugin.getExtension(
          id as 'entity-card:operations/job',
        );
        const isShown = createExtensionTester(extension, { config }).get(
          EntityCardBlueprint.dataRefs.filterFunction,
        ) as unknown as (one: Entity) => boolean;
        return Object.entries(ENTITIES).flatMap(([name, one]) =>
          isShown(one) ? [name] : [],
        );
      };
      expect(of({})).toEqual(expected);
      expect(of({ filter: { 'spec.type': 'service' } })).toEqual(['service']);
    },
  );

  it('brings tabs and a card to entity pages, and names itself for the navigation', () => {
    expect(plugin.getExtension('page:operations')).toBeDefined();
    expect(
      plugin.getExtension('entity-content:operations/job-runs'),
    ).toBeDefined();
    expect(
      plugin.getExtension('entity-content:operations/owned-jobs'),
    ).toBeDefined();
    expect(plugin.getExtension('entity-card:operations/job')).toBeDefined();
    expect(
      plugin.getExtension('entity-card:operations/attention'),
    ).toBeDefined();
  });
});
