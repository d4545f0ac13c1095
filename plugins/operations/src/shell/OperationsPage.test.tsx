import { screen, waitFor, within } from '@testing-library/react';
import { http, HttpResponse, type RequestHandler } from 'msw';
import { OPTIONAL_PAGES } from '@craft-easy/backstage-plugin-operations-common/internal';
import { setupServer } from 'msw/node';
import { registerMswTestHooks } from '@backstage/test-utils';
import { Route, Routes } from 'react-router-dom';
import { handlersFor, TestPlatform } from '../__testUtils__';
import { aRequest } from '../__testUtils__/approvals';
import { permissionsHandler } from '../__testUtils__/permissions';
import { renderPage } from '../__testUtils__/renderPage';
import { capabilities } from './capabilities';
import { OperationsPage } from './OperationsPage';
import { TITLES } from './titles';

const server = setupServer();
registerMswTestHooks(server);

async function open(at: string, ...overrides: RequestHandler[]) {
  server.use(...overrides, ...handlersFor(new TestPlatform()));
  return renderPage(
    <Routes>
      <Route path="/operations/*" element={<OperationsPage />} />
    </Routes>,
    at,
  );
}

describe('Operations in a portal on the legacy frontend system', () => {
  it('has a tab for each capability', async () => {
    await open('/operations/jobs');
    for (const { path } of capabilities) {
      expect(
        await screen.findByRole('tab', { name: TITLES.pages[path] }),
      ).toHaveAttribute('href', `/operations/${path}`);
    }
    await waitFor(() =>
      expect(screen.getByRole('tab', { name: 'Jobs' })).toHaveAttribute(
        'aria-selected',
        'true',
      ),
    );
    expect(await screen.findByRole('table', { name: 'Jobs' })).toBeVisible();
  });

  it('links from each page to the document that explains it', async () => {
    await open('/operations/jobs');
    expect(
      await screen.findByRole('link', { name: /^Read how it works/ }),
    ).toHaveAttribute('href', expect.stringMatching(/docs\/jobs\.md$/));
  });

  it('opens the first capability at its own address', async () => {
    const { address } = await open('/operations');
    expect(address()).toBe(`/operations/${capabilities[0].path}`);
  });

  it('[truth.17] names each page in the browser’s tab, with how much is urgent', async () => {
    await open('/operations/jobs');
    await waitFor(() =>
      expect(document.title).toBe('(2) Jobs · Operations | Backstage'),
    );
  });

  it('[truth.17] names an address that has no page in the browser’s tab', async () => {
    await open('/operations/nonsense');
    await waitFor(() =>
      expect(document.title).toBe(
        'There is no such page · Operations | Backstage',
      ),
    );
  });

  it('[truth.17] names a job and its state in the browser’s tab', async () => {
    await open('/operations/jobs/bullmq/daily-mrr-rollup');
    await waitFor(() =>
      expect(document.title).toBe('(2) ✖ daily-mrr-rollup · Jobs | Backstage'),
    );
  });

  it('has the page of a job below the tab of jobs', async () => {
    await open('/operations/jobs/bullmq/churn-score');
    expect(screen.getByRole('tab', { name: 'Jobs' })).toHaveAttribute(
      'aria-selected',
      'true',
    );
    expect(
      await screen.findByRole('heading', { name: 'churn-score' }),
    ).toBeVisible();
  });

  const tim = () =>
    permissionsHandler(name =>
      ['operations.audit.read', 'operations.cache.read'].includes(name),
    );
  const tabs = () => screen.getAllByRole('tab').map(tab => tab.textContent);

  it('[truth.15] offers no tab that the user may not read', async () => {
    await open('/operations/jobs', tim());
    expect(await screen.findByRole('tab', { name: 'Flags' })).toBeVisible();
    expect(tabs()).not.toContain('Audit');
    expect(tabs()).not.toContain('Caches');
  });

  it('[truth.15] says on a link to a page that the user may not read who may, with the way back', async () => {
    await open('/operations/audit', tim());
    const box = within(
      await screen.findByRole('region', {
        name: 'Audit: you do not have access',
      }),
    );
    expect(box.getByText(/platform-operators/)).toBeVisible();
    expect(box.getByRole('link', { name: 'Go to Operations' })).toHaveAttribute(
      'href',
      '/operations',
    );
    expect(screen.queryByRole('alert')).not.toBeInTheDocument();
  });

  it('[truth.15] has a page at an address that has none, with the way back', async () => {
    await open('/operations/nonsense');
    expect(await screen.findByText('There is no such page')).toBeVisible();
    expect(
      screen.getByRole('link', { name: 'Go to Operations' }),
    ).toHaveAttribute('href', '/operations');
  });

  it('[truth.15] leads from a job that is not there back to the jobs', async () => {
    await open('/operations/jobs/bullmq/nonsense');
    const notice = within(await screen.findByRole('alert'));
    expect(notice.getByRole('link', { name: 'All jobs' })).toHaveAttribute(
      'href',
      '/operations/jobs',
    );
    expect(
      notice.queryByRole('button', { name: 'Try again' }),
    ).not.toBeInTheDocument();
  });

  it('[truth.11] has a badge with how many requests wait for the user’s decision', async () => {
    const items = [aRequest('a'), aRequest('b', { isOwn: true })];
    await open(
      '/operations/jobs',
      http.get('*/v1/approvals', () =>
        HttpResponse.json({ items, totalItems: items.length, pageInfo: {} }),
      ),
    );
    expect(
      await screen.findByRole('tab', { name: 'Approvals (1)' }),
    ).toHaveAttribute('href', '/operations/approvals');
  });

  describe('[portal.4] in a portal that uses jobs alone', () => {
    const asked = new Set<string>();
    const note = ({ request }: { request: Request }) =>
      asked.add(new URL(request.url).pathname.split('/v1/')[1].split('/')[0]);
    const jobsOnly = () => permissionsHandler(undefined, [...OPTIONAL_PAGES]);
    beforeEach(() => {
      asked.clear();
      server.events.on('request:start', note);
    });
    afterEach(() => server.events.removeListener('request:start', note));

    it('has the tabs Attention, Jobs, Runs and Audit, and asks for nothing of the others', async () => {
      const { user } = await open('/operations/jobs', jobsOnly());
      expect(await screen.findByRole('tab', { name: 'Audit' })).toBeVisible();
      expect(tabs()).toEqual(['Attention', 'Jobs', 'Runs', 'Audit']);
      for (const name of ['Attention', 'Audit', 'Jobs']) {
        await user.click(screen.getByRole('tab', { name }));
        await screen.findByRole('heading', { level: 2 });
      }
      expect([...asked].sort()).toEqual([
        'attention',
        'audit',
        'jobs',
        'permissions',
        // of jobs
        'queues',
        'service-levels',
      ]);
    });

    it('says at a link to another page what it is and how to switch it on', async () => {
      await open('/operations/webhooks', jobsOnly());
      const box = within(
        await screen.findByRole('region', {
          name: 'Webhooks: not in use here',
        }),
      );
      expect(box.getByText('operations.pages.webhooks: true')).toBeVisible();
      expect(
        box.getByRole('link', { name: /^Read how it works/ }),
      ).toHaveAttribute('href', expect.stringMatching(/docs\/webhooks\.md$/));
      expect(asked).not.toContain('webhook-failures');
      expect(screen.queryByRole('alert')).not.toBeInTheDocument();
    });
  });
});
