import { useState } from 'react';
import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { Route, Routes } from 'react-router-dom';
import { Sidebar, SidebarPage } from '@backstage/core-components';
import { renderInTestApp } from '@backstage/test-utils';
import { handlersFor, TestPlatform } from '../__testUtils__';
import { everyPage, WHO } from '../__testUtils__/everyPage';
import { pagePortal } from '../__testUtils__/pagePortal';
import { renderPage } from '../__testUtils__/renderPage';
import { OperationsPage } from './OperationsPage';
import { OperationsRoot } from './OperationsRoot';

const server = pagePortal();

const JOB = 'tenant-usage-export';

async function open(address: string) {
  const platform = new TestPlatform();
  platform.noteAction({
    ...{ actor: WHO, action: 'job.run', target: `job:bullmq/${JOB}` },
    outcome: 'succeeded',
    ...{ reason: 'Numbers', tenant: 'acme', parameters: {} },
    approval: { id: 'a1', approvedBy: 'user:default/ada.admin' },
  } as Parameters<TestPlatform['noteAction']>[0]);
  server.use(...everyPage, ...handlersFor(platform));
  return renderPage(
    <Routes>
      <Route path="/operations/*" element={<OperationsPage />} />
    </Routes>,
    address,
  );
}

/** What Tab stops at. */
const stopsIn = (row: HTMLElement) =>
  [
    ...row.querySelectorAll<HTMLElement>(
      'a, button, input, summary, [tabindex]',
    ),
  ].filter(control => control.tabIndex >= 0 && !control.matches(':disabled'));

const rowsOf = (role: 'table' | 'list', name: string) => [
  ...screen
    .getByRole(role, { name })
    .querySelectorAll<HTMLElement>(
      ':scope > li, tbody > tr:not([data-skeleton])',
    ),
];

describe('a row', () => {
  it.each<[string, string, 'table' | 'list', string]>([
    ['jobs', '/jobs', 'table', 'Jobs'],
    ['runs', `/jobs/bullmq/${JOB}`, 'table', 'Runs'],
    ['webhooks', '/webhooks', 'table', 'Failed webhooks'],
    ['overrides', '/rate-limits', 'table', 'Active and scheduled overrides'],
    ['past overrides', '/rate-limits', 'table', 'Past overrides'],
    ['use of limits', '/rate-limits', 'table', 'Use of the limits now'],
    ['flags', '/flags', 'table', 'Global flags'],
    ['maintenance', '/maintenance', 'table', 'Active and planned maintenance'],
    ['past maintenance', '/maintenance', 'table', 'Past maintenance'],
    ['caches', '/caches', 'table', 'Caches'],
    ['purges', '/caches', 'table', 'Purges'],
    ['migrations', '/migrations', 'table', 'Components'],
    ['approvals', '/approvals', 'list', 'Waiting'],
    ['the audit trail', '/audit', 'table', 'Audit trail'],
  ])(
    '[truth.20] of %s has at most two tab stops',
    async (_, path, role, name) => {
      await open(`/operations${path}`);
      // what the user may do is known later than the rows
      await waitFor(() => {
        const rows = rowsOf(role, name);
        expect(rows.length).toBeGreaterThan(0);
        const counts = rows.map(row => stopsIn(row).length);
        expect(Math.min(...counts)).toBeGreaterThan(0);
        expect(Math.max(...counts)).toBeLessThanOrEqual(2);
      });
    },
  );

  it('[truth.20] stops at its link and its main action; the arrow keys reach the rest, and come back to it', async () => {
    const { user } = await open('/operations/jobs?sort=name');
    const link = await screen.findByRole('link', {
      name: 'weekly-license-renewal-reminder',
    });
    const row = within(link.closest('tr')!);
    const retry = await row.findByRole('button', { name: /^Retry/ });
    const run = row.getByRole('button', { name: /^Run/ });
    link.focus();
    await user.tab();
    expect(retry).toHaveFocus();
    await user.keyboard('{ArrowRight}');
    expect(run).toHaveFocus();
    await user.keyboard('{ArrowRight}');
    expect(run).toHaveFocus();
    await user.tab({ shift: true });
    expect(link).toHaveFocus();
    await user.tab();
    expect(run).toHaveFocus();
    await user.keyboard('{ArrowLeft}{ArrowLeft}');
    // the newest of the bars, and from there along them
    expect(document.activeElement).toHaveAccessibleName(/^failed · /);
    await user.keyboard('{ArrowLeft}{ArrowLeft}{ArrowRight}');
    expect(document.activeElement).toHaveAccessibleName(/^succeeded · /);
    expect(stopsIn(link.closest('tr')!)).toEqual([
      link,
      document.activeElement,
    ]);
    await user.keyboard('{ArrowUp}');
    expect(document.activeElement).toHaveAttribute('data-row-link');
  });
});

it('[truth.20] the portal’s link past the sidebar leads to the page, with all that is on it next', async () => {
  function Portal() {
    const [count, setCount] = useState(0);
    return (
      <SidebarPage>
        <Sidebar>
          <button onClick={() => setCount(count + 1)}>Menu {count}</button>
        </Sidebar>
        <OperationsRoot page>
          <button>Retry</button>
        </OperationsRoot>
      </SidebarPage>
    );
  }
  const user = userEvent.setup();
  await renderInTestApp(<Portal />);
  // the portal draws the link anew with its sidebar
  await user.click(screen.getByRole('button', { name: /Menu/ }));
  await user.click(screen.getByRole('button', { name: 'Skip to content' }));
  await user.tab();
  expect(screen.getByRole('button', { name: 'Retry' })).toHaveFocus();
});
