import { screen, waitFor } from '@testing-library/react';
import { useRouteRef } from '@backstage/core-plugin-api';
import {
  createExternalRouteRef,
  createFrontendPlugin,
  PageBlueprint,
  useRouteRef as useExternalRouteRef,
} from '@backstage/frontend-plugin-api';
import { mockApis, renderTestApp } from '@backstage/frontend-test-utils';
import { http, HttpResponse } from 'msw';
import { Route, Routes } from 'react-router-dom';
import {
  pathOf,
  type AttentionPlace,
} from '@craft-easy/backstage-plugin-operations-common';
import { PAGES } from '@craft-easy/backstage-plugin-operations-common/internal';
import { handlersFor, TestPlatform } from '../__testUtils__';
import { catalog, client } from '../__testUtils__/appFeatures';
import { everyPage, WHO } from '../__testUtils__/everyPage';
import { at, HOUR, iso, pagePortal } from '../__testUtils__/pagePortal';
import { renderPage } from '../__testUtils__/renderPage';
import plugin from '../alpha';
import {
  auditRouteRef,
  jobRouteRef,
  jobsRouteRef,
  runRouteRef,
  tenantRouteRef,
} from '@craft-easy/backstage-plugin-operations-react';
import { OperationsPage } from './OperationsPage';

const server = pagePortal();
const JOB = 'tenant-usage-export';
const PLACES: AttentionPlace[] = [
  { kind: 'job', engine: 'bullmq', name: JOB },
  { kind: 'cache-purge', id: 'p1' },
  { kind: 'entity', entityRef: 'component:default/api' },
];

/** The two frontend systems, each with the pages at `/ops`. */
const SYSTEMS: Record<string, (address: string) => Promise<unknown>> = {
  new: async address =>
    renderTestApp({
      features: [plugin, client, catalog],
      apis: [mockApis.permission()],
      config: {
        app: {
          extensions: [{ 'page:operations': { config: { path: '/ops' } } }],
        },
      },
      initialRouteEntries: [address],
    }),
  legacy: address =>
    renderPage(
      <Routes>
        <Route path="/ops/*" element={<OperationsPage />} />
        <Route path="*" element={<p>Outside of Operations</p>} />
      </Routes>,
      address,
      { mountedAt: '/ops' },
    ),
};

function aPlatform() {
  const platform = new TestPlatform();
  const run = platform.add(platform.job(JOB)!, { status: 'failed' });
  const acted = [`job:bullmq/${JOB}`, `run:${run.id}`, 'flag:new-checkout'];
  for (const target of [...acted, 'flags', 'cache:shop', 'webhook:one']) {
    platform.noteAction({
      ...{ actor: WHO, action: 'job.run', outcome: 'succeeded' as const },
      ...{ target, jobId: `bullmq/${JOB}`, reason: 'Numbers look low' },
    });
  }
  server.use(
    http.get(at('/attention'), () =>
      HttpResponse.json({
        items: PLACES.map(place => ({
          ...{ id: JSON.stringify(place), source: 'jobs', kind: 'failed' },
          ...{ severity: 'high', state: 'open', count: 1, place },
          ...{ title: `It needs you: ${place.kind}`, since: iso(-HOUR) },
          ...{
            openedAt: iso(-HOUR),
            actions: [{ kind: 'open', title: 'Open' }],
          },
          subject: { kind: 'job', ref: `bullmq/${JOB}`, title: JOB },
        })),
        ...{ totalItems: PLACES.length, pageInfo: {} },
        open: { critical: 0, high: 2, normal: 0, low: 0 },
      }),
    ),
    ...everyPage,
    ...handlersFor(platform),
  );
  return { run };
}

/** Where the links of the page lead to, within the portal. */
const links = () =>
  [...document.querySelectorAll('a[href]')]
    .map(link => link.getAttribute('href')!)
    .filter(href => !/^(https?:|mailto:|#)/.test(href));

const isOutside = (href: string) =>
  !/^\/ops($|[/?])/.test(href) && !/^\/catalog\//.test(href) && href !== '/';

describe.each(Object.keys(SYSTEMS))(
  'mounted at /ops, on the %s frontend system',
  system => {
    const open = SYSTEMS[system];

    it.each([...PAGES, `jobs/bullmq/${JOB}`, 'tenants/acme', 'nonsense'])(
      '[portal.5] %s has all of its links below /ops, or in the catalog',
      async path => {
        aPlatform();
        await open(`/ops/${path}`);
        await waitFor(() => {
          expect(links()).not.toEqual([]);
          expect(document.querySelector('[class*=Skeleton]')).toBeNull();
        });
        expect(links().filter(isOutside)).toEqual([]);
      },
    );

    it('[portal.5] leads from what needs attention to its place', async () => {
      aPlatform();
      await open('/ops/attention');
      await screen.findAllByRole('link', { name: /^It needs you/ });
      await waitFor(() =>
        expect(links()).toEqual(
          expect.arrayContaining([
            `/ops/jobs/bullmq/${JOB}`,
            '/ops/caches?purge=p1',
            '/catalog/default/component/api',
          ]),
        ),
      );
    });

    it('[portal.5] leads from an entry of the trail to what it was about', async () => {
      const { run } = aPlatform();
      await open('/ops/audit');
      await screen.findByRole('table', { name: 'Audit trail' });
      await waitFor(() =>
        expect(links()).toEqual(
          expect.arrayContaining([
            `/ops/jobs/bullmq/${JOB}`,
            `/ops/jobs/bullmq/${JOB}?run=${run.id}`,
            '/ops/flags?flag=new-checkout&search=new-checkout',
            '/ops/flags',
            '/ops/caches?target=shop',
            '/ops/webhooks?failure=one',
          ]),
        ),
      );
    });

    it('[portal.5] leads from the address of a run to the run on the page of its job', async () => {
      const { run } = aPlatform();
      await open(`/ops/run/${run.id}`);
      expect(await screen.findByRole('heading', { name: JOB })).toBeVisible();
      await waitFor(() =>
        expect(screen.getByRole('dialog')).toHaveTextContent('failed'),
      );
    });
  },
);

function Addresses() {
  const routes = {
    jobs: useRouteRef(jobsRouteRef)(),
    job: useRouteRef(jobRouteRef)({ engine: 'bullmq', name: 'a:b' }),
    run: useRouteRef(runRouteRef)({ id: 'r~1' }),
    tenant: useRouteRef(tenantRouteRef)({ tenant: 'nordic gym' }),
    audit: useRouteRef(auditRouteRef)(),
  };
  return <pre>{JSON.stringify(routes)}</pre>;
}

it('[portal.5] the exported routes lead to where the pages lead', async () => {
  await renderPage(<Addresses />, '/ops', { mountedAt: '/ops' });
  const routes = JSON.parse(
    decodeURIComponent(screen.getByText(/jobs/).textContent!),
  );
  expect(routes).toEqual({
    jobs: `/ops${pathOf({ kind: 'page', page: 'jobs' })}`,
    job: '/ops/jobs/bullmq/a:b',
    run: `/ops${pathOf({ kind: 'run', id: 'r~1' })}`,
    tenant: '/ops/tenants/nordic gym',
    audit: `/ops${pathOf({ kind: 'page', page: 'audit' })}`,
  });
});

it('[portal.5] the portal’s configuration binds the routes of another plugin to them', async () => {
  server.use(...everyPage, ...handlersFor(new TestPlatform()));
  const jobOfReport = createExternalRouteRef({ params: ['engine', 'name'] });
  function Report() {
    const job = useExternalRouteRef(jobOfReport);
    return <pre>{job?.({ engine: 'bullmq', name: 'nightly-report' })}</pre>;
  }
  const reports = createFrontendPlugin({
    pluginId: 'reports',
    externalRoutes: { job: jobOfReport },
    extensions: [
      PageBlueprint.make({
        params: { path: '/reports', loader: async () => <Report /> },
      }),
    ],
  });
  renderTestApp({
    features: [plugin, client, catalog, reports],
    apis: [mockApis.permission()],
    config: {
      app: {
        routes: { bindings: { 'reports.job': 'operations.job' } },
        extensions: [{ 'page:operations': { config: { path: '/ops' } } }],
      },
    },
    initialRouteEntries: ['/reports'],
  });
  expect(
    await screen.findByText('/ops/jobs/bullmq/nightly-report'),
  ).toBeVisible();
});
