import { screen, waitFor, within } from '@testing-library/react';
import { http } from 'msw';
import { setupServer } from 'msw/node';
import { registerMswTestHooks } from '@backstage/test-utils';
import {
  errorAnswer,
  handlersFor,
  iso,
  TestPlatform,
} from '../../__testUtils__';
import { seriousViolations } from '../../__testUtils__/axe';
import { renderPage } from '../../__testUtils__/renderPage';
import { InventoryPage } from './InventoryPage';

const server = setupServer();
registerMswTestHooks(server);

const AT = '/operations/jobs';

async function open(at = AT, platform = new TestPlatform()) {
  server.use(...handlersFor(platform));
  const page = await renderPage(<InventoryPage />, at);
  return { ...page, platform };
}

async function rowOf(name: string) {
  const link = await screen.findByRole('link', { name });
  return within(link.closest('tr')!);
}

describe('inventory of jobs', () => {
  it('answers first, with what needs somebody on top', async () => {
    await open();
    expect(
      await screen.findByRole('heading', {
        name: /^2 of 14 jobs need attention: 2 failed/,
      }),
    ).toBeVisible();
    const names = screen
      .getAllByRole('row')
      .slice(1, 3)
      .map(row => within(row).getAllByRole('link')[0].textContent);
    expect(names.join()).toMatch(
      /daily-mrr-rollup.*weekly-license-renewal-reminder/,
    );
  });

  it('[truth.3] says what needs attention of all jobs, though none matches the filters', async () => {
    const { user } = await open();
    const headline = /^2 of 14 jobs need attention: 2 failed/;
    await screen.findByRole('heading', { name: headline });
    await user.type(screen.getByRole('searchbox', { name: /search/i }), 'qqqq');
    expect(
      await screen.findByText('No jobs match these filters'),
    ).toBeVisible();
    expect(
      await screen.findByRole('heading', { name: headline }),
    ).toBeVisible();
  });

  it('shows schedule in words, owner, last run, p95 against target, and failing tenants of a job', async () => {
    await open();
    const row = await rowOf('tenant-usage-export');
    expect(row.getByText(/At 01:30/)).toBeVisible();
    expect(row.getByRole('link', { name: /data-platform/ })).toBeVisible();
    expect(row.getByText('1 of 5 failing')).toBeVisible();
    expect(row.getByText('of 2 min')).toBeVisible();
    expect(
      row.getByRole('group', { name: /Last 20 runs: .* failed/ }),
    ).toBeVisible();
  });

  it('marks what is retired, undeclared, or not safe to re-run', async () => {
    await open();
    expect((await rowOf('legacy-crm-sync')).getByText('retired')).toBeVisible();
    expect(
      (await rowOf('image-thumbnails')).getByText('undeclared'),
    ).toBeVisible();
    expect(
      (await rowOf('daily-mrr-rollup')).getByRole('img', {
        name: /Not safe to re-run/,
      }),
    ).toBeInTheDocument();
  });

  it('opens a run from its bar, in the address too, and closes it with Escape', async () => {
    const { user, query } = await open();
    const row = await rowOf('daily-mrr-rollup');
    await user.click(row.getAllByRole('link', { name: /^failed · / }).pop()!);
    expect(query().get('run')).toMatch(/^daily-mrr-rollup\./);
    await screen.findByRole('dialog', { name: 'Run' });
    await user.keyboard('{Escape}');
    await waitFor(() => expect(query().has('run')).toBe(false));
    await waitFor(() =>
      expect(
        screen.queryByRole('dialog', { name: 'Run' }),
      ).not.toBeInTheDocument(),
    );
  });

  it('keeps filter and search in the address; back and forward undo and redo them', async () => {
    const { user, query, back, forward } = await open();
    await screen.findByRole('link', { name: 'daily-mrr-rollup' });
    const filters = within(screen.getByRole('search'));
    await user.click(filters.getByRole('button', { name: 'Owner' }));
    await user.click(screen.getByRole('checkbox', { name: /finance/ }));
    await user.keyboard('{Escape}');
    expect(query().getAll('owner')).toEqual(['group:default/finance']);
    await waitFor(() =>
      expect(
        screen.queryByRole('link', { name: 'churn-score' }),
      ).not.toBeInTheDocument(),
    );
    await back();
    expect(query().has('owner')).toBe(false);
    expect(
      await screen.findByRole('link', { name: 'churn-score' }),
    ).toBeVisible();
    await forward();
    expect(query().getAll('owner')).toEqual(['group:default/finance']);
    await waitFor(() =>
      expect(
        screen.queryByRole('link', { name: 'churn-score' }),
      ).not.toBeInTheDocument(),
    );
  });

  it('shows a colleague who opens the address the same', async () => {
    await open(`${AT}?owner=group:default/finance&sort=name&order=desc`);
    await screen.findByRole('link', { name: 'invoice-pdf-render' });
    const names = screen
      .getAllByRole('row')
      .slice(1)
      .map(row => within(row).getAllByRole('link')[0].getAttribute('href'));
    expect(names).toEqual([
      '/operations/jobs/bullmq/invoice-pdf-render',
      '/operations/jobs/bullmq/fx-rates-refresh',
      '/operations/jobs/bullmq/daily-mrr-rollup',
    ]);
    expect(screen.getByRole('columnheader', { name: 'Job' })).toHaveAttribute(
      'aria-sort',
      'descending',
    );
    expect(
      screen.getByRole('button', { name: 'Owner: finance' }),
    ).toBeVisible();
  });

  it('counts what each filter would leave', async () => {
    const { user } = await open();
    await user.click(await screen.findByRole('button', { name: 'Status' }));
    const failed = screen
      .getByRole('checkbox', { name: /failed/ })
      .closest('li')!;
    expect(failed).toHaveTextContent('2');
  });

  it('focuses the search with / and finds runs beside jobs', async () => {
    const { user, query } = await open();
    await screen.findByRole('link', { name: 'daily-mrr-rollup' });
    await user.keyboard('/');
    const search = screen.getByRole('searchbox', {
      name: 'Search jobs and runs',
    });
    expect(search).toHaveFocus();
    await user.type(search, 'cumulus');
    await waitFor(() => expect(query().get('search')).toBe('cumulus'));
    const runs = await screen.findByRole('table', { name: 'Runs found' });
    expect(
      (await within(runs).findAllByText('cumulus')).length,
    ).toBeGreaterThan(0);
    expect(screen.getByText('No jobs match these filters')).toBeVisible();
    expect(screen.getByText('No jobs match these filters')).toBeVisible();
    expect(screen.queryByText('No jobs yet')).not.toBeInTheDocument();
  });

  it('says that filters match nothing, and clears them', async () => {
    const { user, query } = await open(`${AT}?tag=money&status=lost`);
    expect(
      await screen.findByText('No jobs match these filters'),
    ).toBeVisible();
    await user.click(
      screen.getAllByRole('button', { name: 'Clear filters' })[0],
    );
    expect(query().toString()).toBe('');
    expect(
      await screen.findByRole('link', { name: 'churn-score' }),
    ).toBeVisible();
  });

  it('says on the first day how jobs get here', async () => {
    await open(AT, new TestPlatform(Date.now(), []));
    expect(
      await screen.findByText('No jobs yet', { selector: 'p, h6' }),
    ).toBeVisible();
    expect(screen.getByText(/defineJob\(/)).toBeVisible();
  });

  it('shows the shape of the page while it loads', async () => {
    server.use(http.get('*/v1/jobs', () => new Promise(() => {})));
    await renderPage(<InventoryPage />, AT);
    const table = screen.getByRole('table', { name: 'Jobs' });
    expect(table).toHaveAttribute('aria-busy', 'true');
    expect(table.querySelectorAll('[data-skeleton]')).toHaveLength(8);
  });

  it('says what failed, with the request id, and tries again', async () => {
    let broken = true;
    const platform = new TestPlatform();
    server.use(
      http.get('*/v1/jobs', () =>
        broken
          ? errorAnswer(400, 'InputError', 'status: not a status')
          : undefined,
      ),
      ...handlersFor(platform),
    );
    const { user } = await renderPage(<InventoryPage />, AT);
    const alert = await screen.findByRole('alert');
    expect(alert).toHaveTextContent('The jobs could not be loaded');
    expect(alert).toHaveTextContent('status: not a status');
    expect(alert).toHaveTextContent('req-7f3a9c51-84d2');
    broken = false;
    await user.click(within(alert).getByRole('button', { name: 'Try again' }));
    expect(
      await screen.findByRole('link', { name: 'churn-score' }),
    ).toBeVisible();
  });

  it('says how old the data is when Redis is away', async () => {
    const platform = new TestPlatform();
    platform.redisAwaySince = iso(Date.now() - 40_000);
    await open(AT, platform);
    expect(
      await screen.findByText(/As of 4\d s ago: Redis unreachable/),
    ).toBeVisible();
  });

  it('follows a signal', async () => {
    const { signals, platform } = await open();
    await screen.findByRole('heading', { name: /2 of 14 jobs/ });
    platform.add(platform.job('churn-score')!, {
      status: 'failed',
      startedAt: iso(Date.now()),
    });
    signals.send({ changed: 'jobs' });
    expect(
      await screen.findByRole(
        'heading',
        { name: /3 of 14 jobs/ },
        { timeout: 3000 },
      ),
    ).toBeVisible();
  });

  it('moves through rows with the arrow keys', async () => {
    const { user } = await open(`${AT}?sort=name`);
    const first = await screen.findByRole('link', { name: 'churn-score' });
    first.focus();
    await user.keyboard('{ArrowDown}');
    expect(
      screen.getByRole('link', { name: 'cleanup-expired-tokens' }),
    ).toHaveFocus();
    await user.keyboard('{ArrowUp}');
    expect(first).toHaveFocus();
    await user.keyboard('{End}');
    expect(
      screen.getByRole('link', { name: 'weekly-license-renewal-reminder' }),
    ).toHaveFocus();
  });

  it('does not move rows under the pointer: a new order waits to be asked for', async () => {
    const { user, signals, platform } = await open();
    const link = await screen.findByRole('link', { name: 'churn-score' });
    await user.hover(link);
    const before = screen
      .getAllByRole('row')
      .map(row => row.textContent!.slice(0, 12));
    platform.add(platform.job('webhook-digest')!, {
      status: 'failed',
      startedAt: iso(Date.now()),
    });
    signals.send({ changed: 'jobs' });
    const notice = await screen.findByRole(
      'button',
      { name: 'The order has changed' },
      { timeout: 3000 },
    );
    expect(
      screen.getAllByRole('row').map(row => row.textContent!.slice(0, 12)),
    ).toEqual(before);
    // what a row says is not held back
    expect((await rowOf('webhook-digest')).getByText('failed')).toBeVisible();
    await user.click(notice);
    await waitFor(() =>
      expect(
        screen
          .getAllByRole('row')
          .slice(1, 4)
          .map(row => row.textContent)
          .join(),
      ).toMatch(/webhook-digest/),
    );
  });

  it('[jobs.7] shows a viewer no enabled button to run anything, and says which permission is missing', async () => {
    const platform = new TestPlatform();
    platform.role = 'viewer';
    const { user } = await open(AT, platform);
    await screen.findByRole('link', { name: 'churn-score' });
    const buttons = screen.getAllByRole('button', { name: /^Run / });
    expect(buttons).toHaveLength(14);
    for (const button of buttons)
      expect(button).toHaveAttribute('aria-disabled', 'true');
    await user.click(screen.getByRole('button', { name: 'Run churn-score' }));
    const why = await screen.findByRole('dialog', {
      name: 'Why “Run churn-score” is off',
    });
    expect(why).toHaveTextContent(
      'You lack the permission operations.job.run.',
    );
    expect(
      within(why).getByRole('link', { name: /data-platform/ }),
    ).toBeVisible();
    // and who has it
    expect(
      await within(why).findByRole('link', { name: /platform-operators/ }),
    ).toBeVisible();
    expect(why).toHaveTextContent('owners, for their own jobs');
  });

  it('has no serious violation of accessibility', async () => {
    await open();
    await screen.findByRole('link', { name: 'churn-score' });
    expect(await seriousViolations()).toEqual([]);
  });
});
