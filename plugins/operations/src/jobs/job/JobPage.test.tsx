import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import { http, HttpResponse, type RequestHandler } from 'msw';
import { setupServer } from 'msw/node';
import { Route, Routes } from 'react-router-dom';
import { registerMswTestHooks } from '@backstage/test-utils';
import type { JobDetail } from '@craft-easy/backstage-plugin-operations-common/internal';
import {
  errorAnswer,
  handlersFor,
  iso,
  TestPlatform,
} from '../../__testUtils__';
import { seriousViolations } from '../../__testUtils__/axe';
import { fill } from '../../__testUtils__/fill';
import { renderPage } from '../../__testUtils__/renderPage';
import { tickTime } from '../../components/time';
import { JobPage } from './JobPage';

const server = setupServer();
registerMswTestHooks(server);

async function open(
  name: string,
  query = '',
  platform = new TestPlatform(),
  overrides: RequestHandler[] = [],
) {
  server.use(...overrides, ...handlersFor(platform));
  const page = await renderPage(
    <Routes>
      <Route path="/operations/jobs/:engine/:name" element={<JobPage />} />
    </Routes>,
    `/operations/jobs/bullmq/${name}${query}`,
  );
  return { ...page, platform };
}

/** A platform whose answers about jobs have more in them. */
function platformThatSays(more: Partial<JobDetail>): TestPlatform {
  const platform = new TestPlatform();
  const detail = platform.detail.bind(platform);
  platform.detail = job => ({ ...detail(job), ...more });
  return platform;
}

const runsTable = async () =>
  within(await screen.findByRole('table', { name: 'Runs' }));

describe('page of a job', () => {
  it('[truth.7] leads with Retry where the last run failed, and with Run again once a retry is under way', async () => {
    const name = 'weekly-license-renewal-reminder';
    const { user, platform, signals } = await open(name);
    const retry = await screen.findByRole('button', { name: `Retry ${name}` });
    expect(retry).toHaveClass('MuiButton-containedPrimary');
    const run = screen.getByRole('button', { name: `Run ${name}` });
    expect(run).not.toHaveClass('MuiButton-containedPrimary');
    await user.click(retry);
    expect(
      await screen.findByRole('dialog', { name: `Retry ${name}` }),
    ).toBeVisible();
    await user.keyboard('{Escape}');
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    platform.add(platform.job(name)!, {
      status: 'running',
      startedAt: iso(Date.now()),
    });
    signals.send({ changed: 'jobs' });
    await waitFor(() =>
      expect(
        screen.queryByRole('button', { name: `Retry ${name}` }),
      ).not.toBeInTheDocument(),
    );
    expect(screen.getByRole('button', { name: `Run ${name}` })).toHaveClass(
      'MuiButton-containedPrimary',
    );
  });

  it('[truth.20] lets nothing else be pressed until the dialog that was asked for is there', async () => {
    const name = 'weekly-license-renewal-reminder';
    let release = () => {};
    const held = new Promise<void>(resolve => {
      release = resolve;
    });
    const slowly = http.get('*/runs/:id', async () => {
      await held;
      return undefined;
    });
    const { user } = await open(name, '', undefined, [slowly]);
    await user.click(
      await screen.findByRole('button', { name: `Retry ${name}` }),
    );
    expect(screen.queryByRole('button', { name: `Run ${name}` })).toBeNull();
    await user.keyboard('{Tab}{Enter}{Tab}{Enter}{Tab}{Enter}');
    release();
    const dialog = await screen.findByRole('dialog');
    expect(dialog).toHaveAccessibleName(`Retry ${name}`);
    await user.keyboard('{Escape}');
    await waitFor(() =>
      expect(
        screen.getByRole('button', { name: `Retry ${name}` }),
      ).toHaveFocus(),
    );
  });

  it('[truth.6] says once that a slot was missed, in the zone of the viewer', async () => {
    const at = '2026-11-20T02:00:00.000Z';
    await open(
      'daily-mrr-rollup',
      '',
      platformThatSays({
        lastSlot: { at, state: 'missed' },
        sla: {
          state: 'breached',
          rules: [
            {
              ...{ rule: 'missed', state: 'breached' },
              text: 'the run due at 20 Nov 2026, 02:00 UTC has not started',
            },
          ],
        },
      }),
    );
    const answer = await screen.findByText(/ · missed /);
    expect(answer).not.toHaveTextContent(/has not started/);
    // as a promise it stays among the others
    expect(
      screen.getByRole('list', { name: 'Service level' }),
    ).toHaveTextContent(/has not started/);
  });

  it('[truth.6] says nothing of a queue and workers where its engine has none', async () => {
    await open(
      'daily-mrr-rollup',
      '',
      platformThatSays({
        ...{ queue: undefined, workers: undefined },
        ...{ attempts: undefined, concurrency: undefined },
      }),
    );
    const declared = await screen.findByRole('region', { name: 'Definition' });
    expect(declared).toHaveTextContent(/Time limit/);
    expect(declared).not.toHaveTextContent(
      /Queue|Workers|Attempts|Concurrency/,
    );
  });

  it('[truth.7] offers to cancel what runs', async () => {
    const platform = new TestPlatform();
    platform.add(platform.job('full-data-export')!, {
      id: 'export-1',
      status: 'running',
      startedAt: iso(Date.now()),
    });
    const { user } = await open('full-data-export', '', platform);
    await user.click(
      await screen.findByRole('button', { name: 'Cancel full-data-export' }),
    );
    expect(
      await screen.findByRole('dialog', { name: /^Cancel the run of full/ }),
    ).toBeVisible();
  });

  it('[truth.7] says of a kind of error that it has recovered', async () => {
    const platform = new TestPlatform();
    platform.runsOf('weekly-license-renewal-reminder')[0].recovered = true;
    await open('weekly-license-renewal-reminder', '', platform);
    const table = await screen.findByRole('table', {
      name: 'Failures by error',
    });
    expect(within(table).getByText('recovered')).toBeVisible();
  });

  it('[truth.10] leads to whoever is on call where a job may not be run by hand and its last run failed', async () => {
    await open('daily-mrr-rollup');
    expect(
      await screen.findByRole('button', { name: /^Page Finance on call/ }),
    ).toHaveAttribute('href', 'https://pager.example.com/finance');
  });

  it('[checkin.1] gives the addresses of the badge, and its Markdown, where there is one', async () => {
    const at = 'https://portal.test/badges/token/bullmq/daily-mrr-rollup';
    const badge = { svg: `${at}.svg`, json: `${at}.json` };
    const { user } = await open(
      'daily-mrr-rollup',
      '',
      platformThatSays({ badge }),
    );
    expect(
      await screen.findByRole('link', { name: /^as an image/ }),
    ).toHaveAttribute('href', badge.svg);
    expect(screen.getByRole('link', { name: /^as JSON/ })).toHaveAttribute(
      'href',
      badge.json,
    );
    const copy = jest.spyOn(navigator.clipboard, 'writeText');
    await user.click(
      screen.getByRole('button', { name: 'Copy the badge as Markdown' }),
    );
    expect(copy).toHaveBeenCalledWith(`![daily-mrr-rollup](${badge.svg})`);
  });

  it('[truth.17] names runs by the time they were scheduled for, not by their ids', async () => {
    const platform = new TestPlatform();
    const [run] = platform.runsOf('daily-mrr-rollup');
    platform.add(platform.job('daily-mrr-rollup')!, {
      status: 'succeeded',
      trigger: 'manual',
      queuedAt: iso(Date.now()),
      startedAt: iso(Date.now()),
    });
    await open('daily-mrr-rollup', '', platform);
    const zone = 'Europe/Stockholm';
    const table = await runsTable();
    expect(
      table.getByRole('columnheader', { name: 'Scheduled for' }),
    ).toBeVisible();
    expect(
      table.getByRole('link', {
        name: `${tickTime(run.scheduledFor!, Date.now(), { zone })} Stockholm`,
      }),
    ).toHaveAttribute('href', expect.stringContaining(`run=${run.id}`));
    expect(
      table.getByRole('link', {
        name: /^(\d+ \w+ )?\d\d:\d\d Stockholm, unscheduled$/,
      }),
    ).toBeVisible();
    expect(table.queryByText(run.id)).toBeNull();
  });

  it('[truth.17] leads back to the list as one left it', async () => {
    sessionStorage.setItem(
      'operations.jobs.list',
      'owner=group%3Adefault%2Ffinance',
    );
    await open('daily-mrr-rollup');
    expect(
      await screen.findByRole('link', { name: 'Jobs, as filtered before' }),
    ).toHaveAttribute(
      'href',
      '/operations/jobs?owner=group%3Adefault%2Ffinance',
    );
    sessionStorage.clear();
  });

  it('[truth.1] shows one’s own new run at once and marked, even while one looks at the list', async () => {
    const { user, platform, signals } = await open('churn-score');
    const table = await screen.findByRole('table', { name: 'Runs' });
    await within(table).findAllByText('succeeded');
    await user.click(screen.getByRole('button', { name: /^Run churn/ }));
    const dialog = within(
      await screen.findByRole('dialog', { name: 'Run churn-score' }),
    );
    const rows = () => table.querySelectorAll('tbody tr').length;
    const before = rows();
    fireEvent.pointerEnter(table.parentElement!);
    await fill(
      user,
      await dialog.findByRole('textbox', { name: /Reason/ }),
      'Customer asked for it',
    );
    await user.click(dialog.getByRole('button', { name: 'Run' }));
    expect(await within(table).findByText('yours')).toBeVisible();
    expect(rows()).toBe(before + 1);
    // what others do waits
    platform.add(platform.job('churn-score')!, { status: 'queued' });
    signals.send({ changed: 'jobs' });
    expect(
      await screen.findByRole(
        'button',
        { name: '1 new run' },
        { timeout: 3000 },
      ),
    ).toBeVisible();
    expect(rows()).toBe(before + 1);
  });

  it('says how the job does, whose it is, and what its contract allows', async () => {
    await open('tenant-usage-export');
    expect(
      await screen.findByText(
        /failing for 1 of 5 tenants · slower than its target/,
      ),
    ).toBeVisible();
    for (const mark of ['cancellable', 'per tenant', 'dry run', 'time range']) {
      expect(screen.getByText(mark)).toBeVisible();
    }
    expect(
      screen.getByRole('button', { name: 'Run tenant-usage-export' }),
    ).not.toHaveAttribute('aria-disabled');
  });

  it('[guarantees.5] resumes a queue that another tool has paused, for a reason', async () => {
    const asked: unknown[] = [];
    const paused = platformThatSays({ holds: [{ kind: 'paused' }] });
    const detail = paused.detail.bind(paused);
    paused.detail = job => {
      const shown = detail(job);
      const actions = { ...shown.actions, resume: { allowed: true as const } };
      return { ...shown, actions };
    };
    const { user } = await open('tenant-usage-export', '', paused, [
      http.post('*/jobs/bullmq/:name/queue/resume', async ({ request }) => {
        asked.push(await request.json());
        const jobId = 'bullmq/tenant-usage-export';
        return HttpResponse.json({ jobId, auditId: 'a-1' });
      }),
    ]);
    const name = 'Resume the queue of tenant-usage-export';
    await user.click(await screen.findByRole('button', { name }));
    const dialog = within(await screen.findByRole('dialog', { name }));
    await user.type(dialog.getByLabelText(/Reason/), 'the provider is back');
    await user.click(dialog.getByRole('button', { name: 'Resume queue' }));
    expect(
      await screen.findByText('The queue of tenant-usage-export goes on.'),
    ).toBeVisible();
    expect(asked).toEqual([{ reason: 'the provider is back' }]);
  });

  it('[protocol.1] shows the name of any tenant as a text', async () => {
    const platform = new TestPlatform();
    const tenant = '<img src=x>';
    for (const run of platform.runsOf('tenant-usage-export')) {
      if (run.tenant === 'acme') run.tenant = tenant;
    }
    await open('tenant-usage-export', '', platform);
    expect((await screen.findAllByText(tenant)).length).toBeGreaterThan(0);
    expect(document.querySelector('img')).toBeNull();
  });

  it('[protocol.7] says that workers of two versions are alive, which declaration is in force, and in what the other differs', async () => {
    await open(
      'tenant-usage-export',
      '',
      platformThatSays({
        declarations: [
          {
            version: '1.10',
            announcedAt: iso(Date.now() - 60_000),
            inForce: true,
            manualRun: true,
            differsIn: [],
            workers: 1,
          },
          {
            version: '1.9',
            announcedAt: iso(Date.now() - 86_400_000),
            inForce: false,
            manualRun: false,
            differsIn: ['concurrency', 'manualRun', 'parametersSchema'],
            workers: 2,
          },
        ],
      }),
    );
    const notice = await screen.findByRole('complementary', {
      name: 'Declarations at the same time',
    });
    expect(notice).toHaveTextContent(
      'Workers run 2 declarations of this job at the same time',
    );
    expect(notice).toHaveTextContent(/Version 1\.10, in force/);
    expect(notice).toHaveTextContent(
      /Version 1\.9.*2 workers.*differs in concurrency, manualRun, and parameters/,
    );
    expect(notice).toHaveTextContent('Run and Retry stay off');
  });

  it('[protocol.6] says of which workers the clock is wrong', async () => {
    await open(
      'tenant-usage-export',
      '',
      platformThatSays({
        workersNow: [
          { id: 'w1', host: 'node-1', clockSkewMs: 12 },
          {
            id: 'w2',
            host: 'node-2',
            clockSkewMs: -45_000,
            heldBecause: 'The clock of this machine is 45 s behind',
          },
        ],
      }),
    );
    expect(
      await screen.findByText('node-2: clock 45 s behind, takes no jobs'),
    ).toBeVisible();
    expect(screen.queryByText(/node-1/)).not.toBeInTheDocument();
  });

  it('[jobs.3] turns Run and Retry of a job with manualRun: false off, and says openly why and whom to page', async () => {
    const { user } = await open('daily-mrr-rollup');
    const why = await screen.findByRole('complementary', {
      name: 'Why it cannot be run by hand',
    });
    expect(why).toHaveTextContent('this job is not safe to run by hand');
    expect(why).toHaveTextContent('would count the revenue twice');
    expect(
      within(why).getByRole('link', { name: /Finance on call/ }),
    ).toHaveAttribute('href', 'https://pager.example.com/finance');
    expect(
      screen.getByRole('button', { name: 'Run daily-mrr-rollup' }),
    ).toHaveAttribute('aria-disabled', 'true');

    const [failed] = await (await runsTable()).findAllByText('failed');
    await user.click(within(failed.closest('tr')!).getAllByRole('link')[0]);
    const drawer = within(await screen.findByRole('dialog', { name: 'Run' }));
    const retry = await drawer.findByRole('button', {
      name: 'Retry daily-mrr-rollup',
    });
    expect(retry).toHaveAttribute('aria-disabled', 'true');
    await user.click(retry);
    expect(
      screen.queryByRole('textbox', { name: 'Reason' }),
    ).not.toBeInTheDocument();
    const explanation = await screen.findByRole('dialog', {
      name: /Why “Retry .* is off/,
    });
    expect(explanation).toHaveTextContent('A rule of the job');
    expect(
      within(explanation).getByRole('link', { name: /Finance on call/ }),
    ).toBeVisible();
  });

  it('[protocol.2] says why a job can only be watched, who fires it and how its last slot went, with no dead button', async () => {
    const cannot = (because: string) => ({ able: false as const, because });
    const timer = 'a timer of systemd on db-1';
    const platform = new TestPlatform(Date.now(), [
      {
        ...{ name: 'backup', description: '', owner: 'group:default/data' },
        ...{ typicalMs: 60_000, failsOneIn: 1, everyMinutes: 1440 },
        schedule: {
          ...{ cron: '0 2 * * *', timezone: 'UTC', by: 'external' },
          firedBy: timer,
        },
        manualRun: false,
        workers: 0,
        lastSlot: {
          ...{ at: '2026-11-20T02:00:00.000Z', state: 'late' },
          lateMs: 300_000,
        },
        abilities: {
          run: cannot('a timer starts it'),
          cancel: cannot('only systemctl stops it'),
          retry: cannot('a timer starts it'),
          scheduleProof: cannot(`only ${timer}, which fires the job, can`),
          log: cannot('journald keeps it'),
          pause: cannot('only systemctl pauses it'),
        },
      },
    ]);
    const { user } = await open('backup', '', platform);
    expect(await screen.findByText('monitored only')).toBeVisible();
    expect(screen.getByText(/^At 02:00.* fired by a timer/)).toBeVisible();
    expect(screen.getByText(/5 min late for /)).toBeVisible();
    expect(screen.queryByText(/no worker to run it/)).not.toBeInTheDocument();
    expect(
      screen.getByRole('complementary', { name: /cannot be run by hand/ }),
    ).toHaveTextContent(
      `Nothing here proves that a run comes from its schedule, because only ${timer}`,
    );
    expect(
      within(screen.getByRole('list', { name: 'Not available here' }))
        .getAllByRole('listitem')
        .map(item => item.textContent),
    ).toContain('Log: not available here, because journald keeps it');
    for (const name of [/^Run backup/, /^Retry backup/, /^Cancel backup/]) {
      for (const button of screen.queryAllByRole('button', { name })) {
        expect(button).toHaveAttribute('aria-disabled', 'true');
      }
    }
    await user.click(screen.getByRole('button', { name: 'Run backup' }));
    expect(
      await screen.findByRole('dialog', { name: /Why “Run .* is off/ }),
    ).toBeVisible();
  });

  it('[jobs.7] shows a viewer no enabled button', async () => {
    const platform = new TestPlatform();
    platform.role = 'viewer';
    const { user } = await open(
      'weekly-license-renewal-reminder',
      '',
      platform,
    );
    const run = await screen.findByRole('button', { name: /^Run weekly/ });
    expect(run).toHaveAttribute('aria-disabled', 'true');
    const [failed] = await (await runsTable()).findAllByText('failed');
    await user.click(within(failed.closest('tr')!).getAllByRole('link')[0]);
    expect(
      await screen.findByRole('button', { name: /^Retry weekly/ }),
    ).toHaveAttribute('aria-disabled', 'true');
  });

  it('tells the trend in a sentence, a picture and a table', async () => {
    const { platform } = await open('daily-mrr-rollup');
    const failures = platform
      .runsOf('daily-mrr-rollup')
      .filter(run => run.status === 'failed').length;
    const ended = platform.runsOf('daily-mrr-rollup').length;
    expect(
      await screen.findByText(
        new RegExp(
          `^${failures} failures? in 30 days · (${ended}|${ended - 1}) runs$`,
        ),
      ),
    ).toBeVisible();
    const table = screen.getByRole('table', { name: 'Runs per day (UTC)' });
    expect(within(table).getAllByRole('row')).toHaveLength(31);
    expect(
      screen.getAllByRole('button', { name: /^\d+ \w+: .*succeeded/ }),
    ).toHaveLength(30);
  });

  it('counts a failure that a retry made good as recovered', async () => {
    const platform = new TestPlatform();
    const failed = platform.runsOf('weekly-license-renewal-reminder')[0];
    platform.add(platform.job('weekly-license-renewal-reminder')!, {
      status: 'succeeded',
      retryOf: failed.id,
      startedAt: iso(Date.now() - 1000),
      endedAt: iso(Date.now()),
    });
    await open('weekly-license-renewal-reminder', '', platform);
    expect(
      await screen.findByText(
        /^0 failures in 30 days · 1 recovered by a retry/,
      ),
    ).toBeVisible();
  });

  it('narrows the runs to a day that is clicked, and back', async () => {
    const { user, query } = await open('daily-mrr-rollup');
    const days = await screen.findAllByRole('button', { name: /: 1 failed/ });
    await user.click(days[0]);
    expect(query().get('day')).toMatch(/^\d{4}-\d\d-\d\d$/);
    expect(days[0]).toHaveAttribute('aria-pressed', 'true');
    const table = await runsTable();
    await waitFor(() => expect(table.getAllByRole('row')).toHaveLength(2));
    expect(table.getByText('failed')).toBeVisible();
    await user.click(
      screen.getByRole('button', { name: /Remove filter: ended on/ }),
    );
    expect(query().has('day')).toBe(false);
  });

  it('groups failures by error, and narrows the runs to a group', async () => {
    const { user, query } = await open('tenant-usage-export');
    await user.click(
      await screen.findByRole('button', {
        name: /Access denied to bucket cumulus-usage/,
      }),
    );
    expect(query().get('group')).toBeTruthy();
    const table = await runsTable();
    await waitFor(() =>
      expect(table.queryByText('succeeded')).not.toBeInTheDocument(),
    );
    expect(table.getAllByText('failed')).toHaveLength(3);
  });

  it('shows at a glance that one tenant fails, and narrows runs and trend to it', async () => {
    const { user, query } = await open('tenant-usage-export');
    expect(await screen.findByText('1 of 5 failing: cumulus')).toBeVisible();
    const grid = within(
      screen.getByRole('table', { name: 'Tenants and their recent runs' }),
    );
    expect(grid.getAllByRole('row')[1]).toHaveTextContent('cumulus');
    await user.click(grid.getByRole('button', { name: 'acme' }));
    expect(query().getAll('tenant')).toEqual(['acme']);
    expect(await screen.findByText(/^0 failures in 30 days/)).toBeVisible();
    const table = await runsTable();
    await waitFor(() =>
      expect(table.queryByText('cumulus')).not.toBeInTheDocument(),
    );
  });

  it('pages by cursor, in the address', async () => {
    const { user, query, back } = await open('invoice-pdf-render');
    const table = await runsTable();
    await waitFor(() => expect(table.getAllByRole('row')).toHaveLength(51));
    await user.click(await screen.findByRole('button', { name: 'Next' }));
    expect(query().get('page')).toBe('2');
    await waitFor(() => expect(table.getAllByRole('row')).toHaveLength(11));
    expect(screen.getByText('51–60 of 60')).toBeVisible();
    await user.click(screen.getByRole('button', { name: 'Previous' }));
    expect(query().has('cursor')).toBe(false);
    await back();
    expect(query().get('page')).toBe('2');
  });

  it('lets new runs wait while one looks at the list', async () => {
    const { user, signals, platform } = await open('churn-score');
    const table = await runsTable();
    await waitFor(() => expect(table.getAllByRole('row')).toHaveLength(2));
    await user.hover(table.getAllByRole('row')[1]);
    platform.add(platform.job('churn-score')!, {
      status: 'running',
      startedAt: iso(Date.now()),
    });
    platform.add(platform.job('churn-score')!, { status: 'queued' });
    signals.send({ changed: 'jobs' });
    const notice = await screen.findByRole('button', { name: '2 new runs' });
    expect(table.getAllByRole('row')).toHaveLength(2);
    await user.click(notice);
    await waitFor(() => expect(table.getAllByRole('row')).toHaveLength(4));
  });

  it('counts the duration of what is running', async () => {
    const platform = new TestPlatform();
    platform.add(platform.job('churn-score')!, {
      status: 'running',
      startedAt: iso(Date.now() - 61_000),
    });
    await open('churn-score', '', platform);
    const table = await runsTable();
    const duration = await table.findByText(/^1 min \d+ s$/);
    const before = duration.textContent;
    await waitFor(() => expect(duration).not.toHaveTextContent(before!));
    expect(duration).toHaveTextContent(/^1 min \d+ s$/);
  });

  it('tells what was done to the job, and nothing of it to who may not read the audit trail', async () => {
    const platform = new TestPlatform();
    platform.noteAction({
      actor: 'user:default/jonas',
      action: 'job.run',
      target: 'job:bullmq/daily-mrr-rollup',
      reason: 'Numbers look low',
      outcome: 'refused',
    });
    await open('daily-mrr-rollup', '', platform);
    const done = within(
      await screen.findByRole('table', { name: 'Recent actions' }),
    );
    expect(
      (await done.findByText(/Numbers look low/)).closest('td'),
    ).toHaveTextContent(
      /jonas tried to run daily-mrr-rollup “Numbers look low”/,
    );
  });

  it('leaves the audit out for who may not read it', async () => {
    await open('daily-mrr-rollup', '', new TestPlatform(), [
      http.get('*/v1/audit', () => errorAnswer(403, 'NotAllowedError', 'No')),
    ]);
    await runsTable();
    await waitFor(() =>
      expect(screen.queryByText('Recent actions')).not.toBeInTheDocument(),
    );
  });

  it('says what failed when the job cannot be loaded', async () => {
    await open('no-such-job');
    expect(await screen.findByRole('alert')).toHaveTextContent(
      /Job no-such-job could not be loaded.*No such thing/,
    );
  });

  it('has no serious violation of accessibility', async () => {
    await open('tenant-usage-export');
    await screen.findByText('1 of 5 failing: cumulus');
    await (await runsTable()).findAllByText('failed');
    expect(await seriousViolations()).toEqual([]);
  });
});
