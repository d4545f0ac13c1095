import { screen } from '@testing-library/react';
// the portal's; no package here asks for it itself
// eslint-disable-next-line @backstage/no-undeclared-imports
import { matchRoutes } from 'react-router-dom';
import { renderInTestApp } from '@backstage/frontend-test-utils';
import { useLinks } from './links';
import { rootRouteRef } from './routes';

const JOB = 'aZ0._:-';

/** So many different names, of all characters that a job may have. */
function namesOf(count: number): string[] {
  return Array.from({ length: count }, (_, i) => {
    const rest = [...i.toString(JOB.length)].map(digit => JOB[Number(digit)]);
    return `x${rest.join('')}`;
  });
}

function Probe(props: { names: string[] }) {
  const { jobHref, runHref } = useLinks();
  const wrong = props.names.filter(name => {
    const run = { engine: 'bullmq', jobName: name, id: `${name}.1~3A.a` };
    const job = new URL(jobHref({ engine: 'bullmq', name }), 'http://portal');
    const { searchParams } = new URL(runHref(run), 'http://portal');
    // what the router makes of the address
    const [match] =
      matchRoutes([{ path: '/operations/jobs/:engine/:name' }], job.pathname) ??
      [];
    return (
      match?.params.engine !== 'bullmq' ||
      match.params.name !== name ||
      searchParams.get('run') !== run.id
    );
  });
  return <p>wrong: {wrong.join(' ') || 'none'}</p>;
}

jest.setTimeout(60_000);

describe('links', () => {
  it('[protocol.1] to 10,000 jobs and their runs lead to the job of that very name', async () => {
    const names = namesOf(10_000);
    expect(new Set(names).size).toBe(10_000);
    renderInTestApp(<Probe names={names} />, {
      initialRouteEntries: ['/operations'],
      mountedRoutes: { '/operations': rootRouteRef },
    });
    const { textContent } = await screen.findByText(/^wrong: /);
    expect(textContent).toBe('wrong: none');
  });
});
