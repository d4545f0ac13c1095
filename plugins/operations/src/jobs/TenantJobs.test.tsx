import { screen } from '@testing-library/react';
import { EntityProvider } from '@backstage/plugin-catalog-react';
import { handlersFor, TestPlatform } from '../__testUtils__';
import { everyPage } from '../__testUtils__/everyPage';
import { pagePortal } from '../__testUtils__/pagePortal';
import { permissionsHandler } from '../__testUtils__/permissions';
import { renderPage } from '../__testUtils__/renderPage';
import { EntityTenantControlsCard } from '../controls/entity';
import { TENANT_ANNOTATION } from '../entities';
import { EntityTenantJobsCard } from './TenantJobs';

const server = pagePortal();

/** The page of a tenant in the catalog; the second card is there once it is known who may what. */
const openTenant = (tenant: string) =>
  renderPage(
    <EntityProvider
      entity={{
        apiVersion: 'backstage.io/v1alpha1',
        kind: 'Component',
        metadata: {
          name: tenant,
          annotations: { [TENANT_ANNOTATION]: tenant },
        },
      }}
    >
      <EntityTenantJobsCard />
      <EntityTenantControlsCard />
    </EntityProvider>,
    '/catalog/default/component/tenant',
  );

describe('jobs on the page of a tenant', () => {
  it('says how many run for it, and leads to them', async () => {
    const platform = new TestPlatform();
    const [job] = platform.jobs;
    platform.add(job, { status: 'succeeded', tenant: 'nordic-gym' });
    server.use(...everyPage, ...handlersFor(platform));
    await openTenant('nordic-gym');
    expect(
      await screen.findByRole('link', { name: /^\d+ jobs? that runs? for/ }),
    ).toHaveAttribute('href', '/operations/jobs?tenant=nordic-gym');
  });

  it('is not there for whoever may not read jobs', async () => {
    server.use(
      permissionsHandler(name => name === 'operations.job.read'),
      ...everyPage,
      ...handlersFor(new TestPlatform()),
    );
    await openTenant('nordic-gym');
    expect(await screen.findByText('Controls')).toBeVisible();
    expect(screen.queryByText('Jobs')).toBeNull();
  });
});
