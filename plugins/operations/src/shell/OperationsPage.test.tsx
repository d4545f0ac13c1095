import { screen, waitFor } from '@testing-library/react';
import { setupServer } from 'msw/node';
import { registerMswTestHooks } from '@backstage/test-utils';
import { Route, Routes } from 'react-router-dom';
import { handlersFor, TestPlatform } from '../__testUtils__';
import { renderPage } from '../__testUtils__/renderPage';
import { capabilities } from './capabilities';
import { OperationsPage } from './OperationsPage';
import { TITLES } from './titles';

const server = setupServer();
registerMswTestHooks(server);

async function open(at: string) {
  server.use(...handlersFor(new TestPlatform()));
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
        screen.getByRole('tab', { name: TITLES.pages[path] }),
      ).toHaveAttribute('href', `/operations/${path}`);
    }
    expect(screen.getByRole('tab', { name: 'Jobs' })).toHaveAttribute(
      'aria-selected',
      'true',
    );
    expect(await screen.findByRole('table', { name: 'Jobs' })).toBeVisible();
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
});
