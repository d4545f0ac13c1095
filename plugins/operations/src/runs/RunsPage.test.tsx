import { screen, waitFor, within } from '@testing-library/react';
import { http, HttpResponse } from 'msw';
import { setupServer } from 'msw/node';
import { registerMswTestHooks } from '@backstage/test-utils';
import type {
  CreateRunBulkRequest,
  RunBulk,
  RunBulkItem,
  RunBulkPreview,
  RunBulkPreviewQuery,
} from '@craft-easy/backstage-plugin-operations-common/internal';
import { handlersFor, TestPlatform } from '../__testUtils__';
import { seriousViolations } from '../__testUtils__/axe';
import { fill } from '../__testUtils__/fill';
import { mayClick, renderPage } from '../__testUtils__/renderPage';
import { RunsPage } from './RunsPage';

const server = setupServer();
registerMswTestHooks(server);

const at = (path: string) => `*/api/operations/v1${path}`;
const secondsAgo = (n: number) =>
  new Date(Date.now() - n * 1_000).toISOString();

const PREVIEW: RunBulkPreview = {
  asOf: secondsAgo(0),
  count: 397,
  jobs: [
    { jobId: 'bullmq/export', jobName: 'export', count: 250 },
    { jobId: 'bullmq/import', jobName: 'import', count: 147 },
  ],
  jobCount: 2,
  tenants: [
    { tenant: 'nordic-gym', count: 300 },
    { tenant: 'padel-house', count: 97 },
  ],
  tenantCount: 2,
  largestLane: 100,
  forbidden: [
    {
      ...{ jobId: 'bullmq/daily-mrr-rollup', jobName: 'daily-mrr-rollup' },
      count: 3,
      reason: 'Not safe to re-run: books revenue twice',
      contact: { title: 'Finance on call', url: 'https://pager.test/f' },
    },
  ],
  skipped: { recovered: 2, retried: 1, state: 0, underWay: 0, permission: 0 },
};

const BULK: RunBulk = {
  id: 'rbk-1',
  action: 'retry',
  status: 'running',
  requestedBy: 'user:default/ada.admin',
  reason: 'the provider is back',
  createdAt: secondsAgo(30),
  total: 397,
  tenants: 2,
  jobs: 2,
  perSecond: 5,
  ...{ left: 100, sent: 40, succeeded: 250, failed: 5, refused: 2 },
  stopped: 0,
  ratePerSecond: 8.5,
  secondsLeft: 16,
  canStop: true,
};

/** The page over a platform; notes what it is asked for. */
async function open(address = '/operations/runs', bulks: RunBulk[] = []) {
  const platform = new TestPlatform();
  const asked = {
    lists: [] as URLSearchParams[],
    previews: [] as RunBulkPreviewQuery[],
    bulks: [] as CreateRunBulkRequest[],
    stops: [] as string[],
  };
  server.events.removeAllListeners();
  server.events.on('request:start', ({ request }) => {
    const { pathname, searchParams } = new URL(request.url);
    if (pathname.endsWith('/v1/runs')) asked.lists.push(searchParams);
  });
  server.use(
    http.post(at('/run-bulks/preview'), async ({ request }) => {
      asked.previews.push((await request.json()) as RunBulkPreviewQuery);
      return HttpResponse.json(PREVIEW);
    }),
    http.post(at('/run-bulks'), async ({ request }) => {
      asked.bulks.push((await request.json()) as CreateRunBulkRequest);
      return HttpResponse.json({ bulk: BULK, auditId: 'a1' }, { status: 202 });
    }),
    http.get(at('/run-bulks'), () => HttpResponse.json({ items: bulks })),
    http.get(at('/run-bulks/rbk-1/items'), () => {
      const items: RunBulkItem[] = [
        {
          ...{ runId: 'run-1', jobId: 'bullmq/export', jobName: 'export' },
          ...{ engine: 'bullmq', tenant: 'nordic-gym', state: 'refused' },
          message: 'It was retried by somebody else meanwhile',
        },
      ];
      return HttpResponse.json({ items, totalItems: 1, pageInfo: {} });
    }),
    http.post(at('/run-bulks/:id/stop'), ({ params }) => {
      asked.stops.push(String(params.id));
      const bulk = { ...BULK, status: 'stopping', left: 0, stopped: 100 };
      return HttpResponse.json({ bulk, auditId: 'a2' }, { status: 202 });
    }),
    ...handlersFor(platform),
  );
  const page = await renderPage(<RunsPage />, address);
  return { ...page, platform, asked };
}

describe('the page of the runs of all jobs', () => {
  it('[night.7] answers how the last 24 hours went, and lists every job’s runs with their job', async () => {
    const { platform, asked } = await open();
    const failed = platform.runs.filter(run =>
      ['failed', 'timed-out', 'lost'].includes(run.status),
    ).length;
    expect(
      await screen.findByText(
        new RegExp(
          `^${failed} of ${platform.runs.length.toLocaleString(
            'en',
          )} runs in the last 24 hours failed`,
        ),
      ),
    ).toBeVisible();
    expect(asked.lists[0].get('age')).toBe('24h');
    const table = await screen.findByRole('table', {
      name: 'Runs of all jobs',
    });
    expect(
      within(table).getByRole('columnheader', { name: 'Job' }),
    ).toBeVisible();
    expect(await seriousViolations()).toEqual([]);
  });

  it('[night.7] keeps its filters in the address, which carry over to a colleague', async () => {
    const { user, query, asked } = await open(
      '/operations/runs?status=failed&age=7d&trigger=schedule',
    );
    await screen.findByRole('table', { name: 'Runs of all jobs' });
    expect(asked.lists[0].toString()).toContain('status=failed');
    expect(asked.lists[0].get('trigger')).toBe('schedule');
    expect(asked.lists[0].get('age')).toBe('7d');
    await user.click(screen.getByRole('button', { name: /^Began within/ }));
    await user.click(screen.getByRole('checkbox', { name: 'Any time' }));
    await user.keyboard('{Escape}');
    expect(query().get('age')).toBe('any');
    await waitFor(() => expect(asked.lists.at(-1)!.has('age')).toBe(false));
    await user.click(screen.getByRole('button', { name: /^Status/ }));
    await user.click(screen.getByRole('checkbox', { name: /lost/i }));
    expect(query().getAll('status')).toEqual(['failed', 'lost']);
  });

  it('[night.7] takes a time range of the viewer’s own in place of an age', async () => {
    const { user, query, asked } = await open();
    await user.click(await screen.findByRole('button', { name: 'From – to…' }));
    const dialog = within(
      await screen.findByRole('dialog', { name: 'Choose a time range' }),
    );
    await fill(user, dialog.getByLabelText('From'), '2026-11-24T01:00');
    await fill(
      user,
      dialog.getByLabelText('To, not included'),
      '2026-11-24T03:00',
    );
    await user.click(dialog.getByRole('button', { name: 'Apply' }));
    await waitFor(() => expect(query().has('from')).toBe(true));
    const length =
      Date.parse(query().get('to')!) - Date.parse(query().get('from')!);
    expect(length).toBe(2 * 3_600_000);
    await waitFor(() => expect(asked.lists.at(-1)!.has('from')).toBe(true));
    expect(asked.lists.at(-1)!.has('age')).toBe(false);
  });

  it('[night.7] goes back from a range to any age, also to the one before', async () => {
    const { user, query } = await open(
      '/operations/runs?age=7d&from=2026-11-24T01:00:00.000Z',
    );
    await user.click(
      await screen.findByRole('button', { name: /^Began within/ }),
    );
    await user.click(screen.getByRole('checkbox', { name: 'Last 7 days' }));
    expect([query().get('age'), query().has('from')]).toEqual(['7d', false]);
  });

  it('[night.8] retries all that match after it has said how many, of what, and whom to page for the rest', async () => {
    const { user, asked, platform } = await open(
      '/operations/runs?trigger=schedule&age=any',
    );
    const count = platform.runs.filter(r => r.trigger === 'schedule').length;
    await user.click(
      await screen.findByRole('checkbox', { name: 'Select all on this page' }),
    );
    // more than the page has
    const matching = `${count.toLocaleString('en')} matching runs`;
    await user.click(
      screen.getByRole('button', { name: `Select all ${matching}` }),
    );
    expect(screen.getByText(`All ${matching} selected`)).toBeVisible();
    await user.click(await mayClick('button', 'Retry…'));
    const dialog = within(
      await screen.findByRole('dialog', { name: 'Retry 397 runs' }),
    );
    expect(
      dialog.getByText('Of 2 jobs: export (250) and import (147)'),
    ).toBeVisible();
    expect(
      dialog.getByText('For 2 tenants: nordic-gym (300) and padel-house (97)'),
    ).toBeVisible();
    expect(dialog.getByText('2 left out: a retry has succeeded')).toBeVisible();
    expect(dialog.getByText('At this pace it takes about 20 s')).toBeVisible();
    expect(
      dialog.getByText('3 runs are not retried: ask or page'),
    ).toBeVisible();
    expect(
      dialog.getByRole('link', { name: /^Finance on call/ }),
    ).toHaveAttribute('href', 'https://pager.test/f');
    expect(await seriousViolations()).toEqual([]);
    await fill(
      user,
      dialog.getByRole('textbox', { name: /reason/i }),
      'the provider is back',
    );
    await user.click(dialog.getByRole('button', { name: 'Retry' }));
    expect(await screen.findByText('Retrying 397 runs')).toBeVisible();
    expect(asked.bulks).toEqual([
      {
        action: 'retry',
        selection: { filter: { trigger: ['schedule'] }, asOf: PREVIEW.asOf },
        expected: 397,
        perSecond: 5,
        reason: 'the provider is back',
      },
    ]);
  });

  it('[night.8] keeps what was typed while the runs are counted again, and while the list empties', async () => {
    const { user, asked, signals } = await open(
      '/operations/runs?status=failed&age=any',
    );
    await user.click(
      await screen.findByRole('checkbox', { name: 'Select all on this page' }),
    );
    await user.click(await mayClick('button', 'Retry…'));
    const dialog = within(
      await screen.findByRole('dialog', { name: 'Retry 397 runs' }),
    );
    const reason = () => dialog.getByRole('textbox', { name: /reason/i });
    await fill(user, reason(), 'the provider is back');
    server.use(
      http.post(at('/run-bulks/preview'), () =>
        HttpResponse.json({ ...PREVIEW, asOf: secondsAgo(-60), count: 398 }),
      ),
      http.get(at('/runs'), () =>
        HttpResponse.json({
          ...{ items: [], totalItems: 0, totalIsExact: true, pageInfo: {} },
          freshness: { state: 'live', asOf: secondsAgo(0) },
        }),
      ),
    );
    await waitFor(() => {
      // as after a laptop was closed
      window.dispatchEvent(new Event('online'));
      expect(screen.getByText('Retry 398 runs')).toBeVisible();
    });
    signals.send({ changed: 'runs' });
    expect(
      await screen.findByText('No runs match these filters'),
    ).toBeInTheDocument();
    expect(reason()).toHaveValue('the provider is back');
    await user.click(dialog.getByRole('button', { name: 'Retry' }));
    await waitFor(() => expect(asked.bulks).toHaveLength(1));
    expect(asked.bulks[0].expected).toBe(398);
  });

  it('[night.8] takes a selection of rows by name', async () => {
    const { user, asked, platform } = await open('/operations/runs?age=any');
    await screen.findByRole('table', { name: 'Runs of all jobs' });
    const [box] = await screen.findAllByRole('checkbox', {
      name: /^Select (?!all)/,
    });
    await user.click(box);
    await user.click(await mayClick('button', 'Cancel runs…'));
    await waitFor(() => expect(asked.previews).toHaveLength(1));
    const [{ action, selection }] = asked.previews;
    expect(action).toBe('cancel');
    const { ids } = selection as { ids: string[] };
    expect(ids).toHaveLength(1);
    expect(platform.runs.map(run => run.id)).toContain(ids[0]);
  });

  it('[night.8] shows how far a bulk action is, what became of each run, and stops it', async () => {
    const { user, asked } = await open('/operations/runs', [BULK]);
    const section = within(
      await screen.findByRole('region', { name: 'Bulk action rbk-1' }),
    );
    expect(section.getByRole('status')).toHaveTextContent(
      '250 succeeded · 5 failed again · 2 refused · 40 queued or running · 100 left',
    );
    expect(section.getByText('8.5/s, about 16 s left')).toBeVisible();
    await user.click(
      section.getByRole('button', { name: 'Show what became of each run' }),
    );
    expect(
      await section.findByText('It was retried by somebody else meanwhile'),
    ).toBeVisible();
    expect(section.getByText('Refused')).toBeVisible();
    await user.click(
      section.getByRole('button', { name: 'Stop the action on 397 runs' }),
    );
    const dialog = within(
      await screen.findByRole('dialog', { name: /^Stop the action/ }),
    );
    expect(dialog.getByText(/^100 runs have not had their turn/)).toBeVisible();
    await fill(
      user,
      dialog.getByRole('textbox', { name: /reason/i }),
      'it fails again',
    );
    await user.click(dialog.getByRole('button', { name: 'Stop' }));
    expect(
      await screen.findByText('Stopped. 100 runs stay as they are.'),
    ).toBeVisible();
    expect(asked.stops).toEqual(['rbk-1']);
  });
});
