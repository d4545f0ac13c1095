import { screen } from '@testing-library/react';
import { setupServer } from 'msw/node';
import { registerMswTestHooks } from '@backstage/test-utils';
import type { Entity } from '@backstage/catalog-model';
import { EntityProvider } from '@backstage/plugin-catalog-react';
import { handlersFor, TestPlatform } from '../__testUtils__';
import { renderPage } from '../__testUtils__/renderPage';
import {
  isOperationsAvailable,
  JOB_ANNOTATION,
  jobOfEntity,
} from '../entities';
import { EntityJobCard, EntityOperations } from './entity';

const server = setupServer();
registerMswTestHooks(server);

const entity = (kind: string, name: string, job?: string): Entity => ({
  apiVersion: 'backstage.io/v1alpha1',
  kind,
  metadata: {
    name,
    namespace: 'default',
    annotations: job ? { [JOB_ANNOTATION]: job } : {},
  },
});
const JOB = entity('Component', 'daily-mrr-rollup', 'bullmq/daily-mrr-rollup');
const GROUP = entity('Group', 'finance');

describe('Operations on the pages of entities', () => {
  it('is there for jobs and for groups', () => {
    expect(isOperationsAvailable(JOB)).toBe(true);
    expect(isOperationsAvailable(GROUP)).toBe(true);
    expect(isOperationsAvailable(entity('Component', 'x'))).toBe(false);
    expect(jobOfEntity(entity('Component', 'x', 'broken'))).toBeUndefined();
    expect(jobOfEntity(entity('Component', 'x', 'bullmq/'))).toBeUndefined();
  });

  it('shows a job its page', async () => {
    server.use(...handlersFor(new TestPlatform()));
    await renderPage(
      <EntityProvider entity={JOB}>
        <EntityOperations />
      </EntityProvider>,
      '/catalog/default/component/daily-mrr-rollup/runs',
    );
    expect(
      await screen.findByRole('heading', { name: 'daily-mrr-rollup' }),
    ).toBeVisible();
    expect(await screen.findByRole('table', { name: 'Runs' })).toBeVisible();
    expect(screen.queryByText('In the catalog')).not.toBeInTheDocument();
  });

  it('shows a group the jobs that it owns', async () => {
    server.use(...handlersFor(new TestPlatform()));
    await renderPage(
      <EntityProvider entity={GROUP}>
        <EntityOperations />
      </EntityProvider>,
      '/catalog/default/group/finance/jobs',
    );
    expect(
      await screen.findByRole('heading', {
        name: /^1 of 3 jobs needs attention/,
      }),
    ).toBeVisible();
    expect(
      screen.queryByRole('link', { name: 'churn-score' }),
    ).not.toBeInTheDocument();
  });

  it('shows a job in a card: its last run, its next, and the shape of the last', async () => {
    server.use(...handlersFor(new TestPlatform()));
    await renderPage(
      <EntityProvider entity={JOB}>
        <EntityJobCard />
      </EntityProvider>,
      '/catalog/default/component/daily-mrr-rollup',
    );
    expect(await screen.findByText('failed')).toBeVisible();
    expect(screen.getByText(/At 02:15/)).toBeVisible();
    expect(
      screen.getByRole('group', { name: /daily-mrr-rollup. Last 20 runs/ }),
    ).toBeVisible();
    expect(screen.getByRole('link', { name: /All runs/ })).toHaveAttribute(
      'href',
      '/operations/jobs/bullmq/daily-mrr-rollup',
    );
  });
});
