import { screen } from '@testing-library/react';
import { renderInTestApp, TestApiProvider } from '@backstage/test-utils';
import { catalogApiRef, entityRouteRef } from '@backstage/plugin-catalog-react';
import type { JobDetail } from '@craft-easy/backstage-plugin-operations-common/internal';
import { InEnglish } from '../../__testUtils__/translate';
import { JobEntity } from './JobEntity';

const anEntity = (name: string, namespace = 'default') => ({
  ...{ apiVersion: 'backstage.io/v1alpha1', kind: 'Component' },
  metadata: { name, namespace },
});
let jobs = 0;

/** @param found - by the job's annotation; `named`: under the job's name */
async function show(
  found: object[],
  named?: object,
  entityRef = 'component:default/export',
) {
  jobs += 1;
  const catalog = {
    getEntities: async () => ({ items: found }),
    getEntityByRef: async () => named,
  };
  // answers are kept by job: each test has one of its own
  const job = { id: `bullmq/export-${jobs}`, entityRef } as JobDetail;
  await renderInTestApp(
    <TestApiProvider apis={[[catalogApiRef, catalog as never]]}>
      <InEnglish>
        <JobEntity job={job} />
      </InEnglish>
    </TestApiProvider>,
    {
      mountedRoutes: { '/catalog/:namespace/:kind/:name': entityRouteRef },
    },
  );
}

describe('[guarantees.7] the entity of a job', () => {
  it('is a link to the one that says to be the job, wherever it is', async () => {
    await show([anEntity('job-export', 'jobs')]);
    expect(await screen.findByRole('link')).toHaveAttribute(
      'href',
      '/catalog/jobs/component/job-export',
    );
  });

  it('is no link to another component of its name, and says so', async () => {
    await show([], anEntity('export'));
    expect(
      await screen.findByText(/export is another component of that name/),
    ).toBeVisible();
    expect(screen.queryByRole('link')).not.toBeInTheDocument();
  });

  it('is no link while the catalog has none', async () => {
    await show([]);
    expect(await screen.findByText('export')).toBeVisible();
    expect(screen.queryByRole('link')).not.toBeInTheDocument();
  });
});
