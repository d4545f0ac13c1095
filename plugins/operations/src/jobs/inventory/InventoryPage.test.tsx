import { screen, waitFor, within } from '@testing-library/react';
import { http } from 'msw';
import { setupServer } from 'msw/node';
import { registerMswTestHooks } from '@backstage/test-utils';
import { jobReadPermission } from '@craft-easy/backstage-plugin-operations-common';
import {
  errorAnswer,
  handlersFor,
  iso,
  TestPlatform,
  timeOf,
} from '../../__testUtils__';
import { seriousViolations } from '../../__testUtils__/axe';
import { permissionsHandler } from '../../__testUtils__/permissions';
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

/** Lets each answer of the list wait for its turn, as a backend that is not at once there. */
function holdAnswers(platform: TestPlatform) {
  const waiting: Array<{ query: URLSearchParams; let: () => void }> = [];
  let isHolding = false;
  server.use(
    http.get('*/v1/jobs', async ({ request }) => {
      const query = new URL(request.url).searchParams;
      if (isHolding) {
        await new Promise<void>(resolve => {
          waiting.push({ query, let: resolve });
        });
      }
      return undefined;
    }),
    ...handlersFor(platform),
  );
  return {
    hold: () => (isHolding = true),
    /** answers what was asked for with this in its query */
    answer: async (name: string, value: string) => {
      const isIt = () => waiting.findIndex(w => w.query.get(name) === value);
      await waitFor(() => expect(isIt()).toBeGreaterThan(-1));
      waiting.splice(isIt(), 1)[0].let();
    },
  };
}

const namesShown = () =>
  within(screen.getByRole('table', { name: 'Jobs' }))
    .getAllByRole('row')
    .slice(1)
    .map(row => within(row).getAllByRole('link')[0].getAttribute('href'))
    .map(href => href!.split('/').pop());

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

  it.each([
    ['is only of what the viewer may see', true],
    ['is of all jobs where the viewer may see all', false],
  ])('[truth.3] says whether the answer %s', async (_what, isPart) => {
    server.use(
      permissionsHandler(undefined, [], name =>
        isPart ? name === jobReadPermission.name : false,
      ),
      ...handlersFor(new TestPlatform()),
    );
    await renderPage(<InventoryPage />, AT);
    const headline = await screen.findByRole('heading', {
      name: /^2 of 14 jobs need attention: 2 failed/,
    });
    await waitFor(() =>
      expect(headline.textContent).toMatch(
        isPart ? /Counts only what you may see\.$/ : /failed$/,
      ),
    );
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

  it('[truth.1] sorts by the column that was clicked, figures from the largest, and says that it loads until the rows are there', async () => {
    const platform = new TestPlatform();
    const answers = holdAnswers(platform);
    const { user, query } = await renderPage(<InventoryPage />, AT);
    await screen.findByRole('link', { name: 'churn-score' });
    answers.hold();
    await user.hover(screen.getByRole('link', { name: 'churn-score' }));
    const header = screen.getByRole('columnheader', { name: 'p95' });
    await user.click(within(header).getByRole('button'));
    expect(query().get('sort')).toBe('duration');
    expect(header).toHaveAttribute('aria-sort', 'descending');
    expect(screen.getByRole('table', { name: 'Jobs' })).toHaveAttribute(
      'aria-busy',
      'true',
    );
    expect(screen.getByText('Loading…')).toBeInTheDocument();
    await answers.answer('sort', 'duration');
    const byP95 = platform.jobs
      .map(job => platform.detail(job))
      .sort((a, b) => (b.p95DurationMs ?? 0) - (a.p95DurationMs ?? 0))
      .map(job => job.name);
    await waitFor(() => expect(namesShown()).toEqual(byP95));
    expect(screen.queryByText('Loading…')).not.toBeInTheDocument();
    expect(
      screen.queryByRole('button', { name: 'The order has changed' }),
    ).not.toBeInTheDocument();
  });

  it('[truth.1] sorts the last run by time, the newest first', async () => {
    const { user } = await open();
    await screen.findByRole('link', { name: 'churn-score' });
    const header = screen.getByRole('columnheader', { name: 'Last run' });
    await user.click(within(header).getByRole('button'));
    const platform = new TestPlatform();
    const newest = platform.jobs
      .map(job => platform.runsOf(job.name)[0])
      .filter(run => run)
      .sort((a, b) => timeOf(b) - timeOf(a))[0].jobName;
    await waitFor(() => expect(namesShown()[0]).toBe(newest));
    expect(header).toHaveAttribute('aria-sort', 'descending');
  });

  it('[truth.1] never shows the rows of other filters as the answer to the ones that failed', async () => {
    const platform = new TestPlatform();
    server.use(
      http.get('*/v1/jobs', ({ request }) =>
        request.url.includes('owner=')
          ? errorAnswer(400, 'InputError', 'owner: not known')
          : undefined,
      ),
      ...handlersFor(platform),
    );
    const { user } = await renderPage(<InventoryPage />, AT);
    await screen.findByRole('link', { name: 'churn-score' });
    const filters = within(screen.getByRole('search'));
    await user.click(filters.getByRole('button', { name: 'Owner' }));
    await user.click(screen.getByRole('checkbox', { name: /finance/ }));
    expect(await screen.findByText('owner: not known')).toBeVisible();
    expect(
      screen.queryByRole('link', { name: 'churn-score' }),
    ).not.toBeInTheDocument();
  });

  it('[truth.7] offers what there is to do about the last run in its row: Retry where it failed, Cancel while it runs', async () => {
    const platform = new TestPlatform();
    const failed = platform.runsOf('weekly-license-renewal-reminder')[0];
    platform.add(platform.job('full-data-export')!, {
      id: 'export-1',
      status: 'running',
      tenant: 'acme',
      startedAt: iso(Date.now() - 5000),
    });
    const { user } = await open(AT, platform);
    const row = await rowOf('weekly-license-renewal-reminder');
    expect((await rowOf('churn-score')).queryByText('Retry')).toBeNull();
    // of a job that is not safe to run by hand its page says whom to page
    expect((await rowOf('daily-mrr-rollup')).queryByText('Retry')).toBeNull();
    await user.click(
      (
        await rowOf('full-data-export')
      ).getByRole('button', {
        name: 'Cancel full-data-export',
      }),
    );
    await screen.findByRole('dialog', { name: /^Cancel the run of full/ });
    await user.keyboard('{Escape}');
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    await user.click(
      row.getByRole('button', {
        name: 'Retry weekly-license-renewal-reminder',
      }),
    );
    const dialog = await screen.findByRole('dialog', { name: /^Retry weekly/ });
    expect(dialog).toHaveTextContent(failed.id);
  });

  it('[truth.17] gives the name of a job to who copies it', async () => {
    await open();
    const name = 'weekly-license-renewal-reminder';
    const link = await screen.findByRole('link', { name });
    const selection = window.getSelection()!;
    selection.selectAllChildren(link);
    expect(selection.toString()).toBe(name);
  });

  it('[truth.19] does not deny what it finds, and can be narrowed further', async () => {
    const { user } = await open();
    await screen.findByRole('link', { name: 'churn-score' });
    const search = screen.getByRole('searchbox', {
      name: 'Search jobs and runs',
    });
    await user.type(search, 'churn');
    await waitFor(() => expect(namesShown()).toEqual(['churn-score']));
    expect(screen.queryByText(/No run has/)).not.toBeInTheDocument();
    // no job that it finds runs for tenants, yet one may look for those that do
    const filters = within(screen.getByRole('search'));
    expect(filters.getByRole('button', { name: 'Tenant' })).toBeVisible();
    await user.clear(search);
    await user.type(search, 'qqqq');
    expect(
      await screen.findByText(
        'No run has “qqqq” in its id, tenant, person or parameters.',
      ),
    ).toBeVisible();
    for (const name of ['Status', 'Owner', 'Schedule', 'Tenant', 'Tag']) {
      expect(filters.getByRole('button', { name })).toBeVisible();
    }
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
