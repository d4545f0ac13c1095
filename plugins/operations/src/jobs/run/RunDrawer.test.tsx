import { screen, waitFor, within } from '@testing-library/react';
import { http, HttpResponse } from 'msw';
import { setupServer } from 'msw/node';
import { registerMswTestHooks } from '@backstage/test-utils';
import type { RunDetail } from '@craft-easy/backstage-plugin-operations-common/internal';
import { handlersFor, iso, TestPlatform } from '../../__testUtils__';
import { seriousViolations } from '../../__testUtils__/axe';
import { renderPage } from '../../__testUtils__/renderPage';
import { useRunParam } from '../useRunParam';
import { RunDrawer } from './RunDrawer';

const server = setupServer();
registerMswTestHooks(server);

const JOB = 'weekly-license-renewal-reminder';

// jsdom lays nothing out; the log needs a height to know which lines are in sight
beforeEach(() => {
  jest.spyOn(Element.prototype, 'clientHeight', 'get').mockReturnValue(600);
  jest.spyOn(Element.prototype, 'clientWidth', 'get').mockReturnValue(800);
});
afterEach(() => jest.restoreAllMocks());

function Page() {
  const run = useRunParam();
  return (
    <>
      <a href={run.hrefOf('x')}>elsewhere</a>
      <RunDrawer run={run} />
    </>
  );
}

async function open(
  patch: Partial<RunDetail>,
  options: { job?: string; hash?: string } = {},
) {
  const platform = new TestPlatform();
  server.use(...handlersFor(platform));
  const run = platform.add(platform.job(options.job ?? JOB)!, {
    id: 'run-1',
    startedAt: iso(Date.now() - 20_000),
    ...patch,
  });
  return {
    platform,
    run,
    show: () => renderPage(<Page />, `/x?run=run-1${options.hash ?? ''}`),
  };
}

const drawer = async () =>
  within(await screen.findByRole('dialog', { name: 'Run' }));

describe('drawer of a run', () => {
  it('[night.10] compares a failure with the last success, and leads to the runs before and after it', async () => {
    const { platform, show } = await open({
      status: 'failed',
      durationMs: 90_000,
      endedAt: iso(Date.now()),
      errorMessage: '502 from the `mail` provider',
      parameters: { batch: 500 },
    });
    platform.context = {
      previous: { id: 'run-before', status: 'succeeded' },
      next: { id: 'run-after', status: 'failed' },
      lastSuccess: {
        id: 'run-good',
        durationMs: 42_000,
        parameters: { batch: 100 },
      },
      usualDurationMs: 40_000,
    };
    const page = await show();
    const shown = await drawer();
    expect(
      await shown.findByText('Ran 1 min 30 s; the last success 42 s.'),
    ).toBeVisible();
    const comparison = within(
      shown.getByRole('region', { name: /^Compared with the last success/ }),
    );
    expect(comparison.getByText('100')).toBeVisible();
    expect(comparison.getByText('500')).toBeVisible();
    expect(shown.queryByText(/^Usually/)).not.toBeInTheDocument();
    expect(shown.getByRole('link', { name: /run-before/ })).toHaveAttribute(
      'href',
      '/x?run=run-before',
    );

    const copied: string[] = [];
    Object.assign(navigator.clipboard, {
      writeText: async (text: string) => copied.push(text),
    });
    await page.user.click(
      shown.getByRole('button', { name: 'Copy as Markdown' }),
    );
    expect(await screen.findByText('Copied as Markdown')).toBeVisible();
    expect(copied[0]).toContain('- Run: `run-1`');
    // what a program wrote is text, whatever it holds
    expect(copied[0]).toContain('```\n502 from the `mail` provider\n```');
  });

  it('[night.10] says of a running one how long it usually takes', async () => {
    const { platform, show } = await open({ status: 'running', progress: 40 });
    platform.context = { usualDurationMs: 240_000 };
    await show();
    expect(await (await drawer()).findByText('Usually 4 min')).toBeVisible();
  });

  it('[truth.2] says of numbers larger than the browser keeps that their last digits are not known', async () => {
    const { show } = await open({
      status: 'succeeded',
      endedAt: iso(Date.now()),
      parameters: { order: 2 ** 60 },
      result: { sent: [1, 2 ** 60] },
    });
    await show();
    const notes = await (await drawer()).findAllByText(/are rounded here/);
    expect(notes).toHaveLength(2);
  });

  it('[truth.2] shows the parameters with which it goes, the defaults of its job included', async () => {
    const { show } = await open({
      status: 'failed',
      endedAt: iso(Date.now()),
      parameters: { template: 'reminder-v2' },
    });
    await show();
    const table = within(
      await (await drawer()).findByRole('table', { name: 'Parameters' }),
    );
    await waitFor(() =>
      expect(table.getByRole('row', { name: /daysAhead/ })).toHaveTextContent(
        '30 (today’s default)',
      ),
    );
    expect(table.getByRole('row', { name: /template/ })).toHaveTextContent(
      /reminder-v2"$/,
    );
  });

  it('[truth.7] leads with the recovery of a failed run, and steps back with Retry', async () => {
    const end = Date.now() - 13 * 3_600_000;
    const { show } = await open({
      status: 'failed',
      endedAt: iso(end),
      retriedBy: 'run-2',
      recovered: true,
      retriedAs: {
        id: 'run-2',
        status: 'succeeded',
        endedAt: iso(end + 12 * 3_600_000),
      },
    });
    await show();
    const run = await drawer();
    const note = await run.findByRole('note', { name: 'Recovered' });
    expect(note).toHaveTextContent(/^Recovered by run-2, 12 h later\.$/);
    expect(run.getByRole('button', { name: /^Retry/ })).not.toHaveClass(
      'MuiButton-containedPrimary',
    );
  });

  it('[truth.2] marks as such the defaults with which a run goes now', async () => {
    const { show } = await open({ status: 'running' });
    await show();
    const parameters = await (
      await drawer()
    ).findByRole('table', { name: 'Parameters' });
    expect(parameters).toHaveTextContent(/30 \(default\)/);
  });

  it('[truth.7] says how the retry of a failed run went where that failed too', async () => {
    const { show } = await open({
      status: 'failed',
      endedAt: iso(Date.now()),
      retriedBy: 'run-2',
      retriedAs: { id: 'run-2', status: 'failed' },
    });
    await show();
    const note = await (await drawer()).findByRole('note', { name: 'Retried' });
    expect(note).toHaveTextContent('Retried as run-2: failed');
  });

  it('[truth.10] says why a failed run may not be retried, and leads to whom to page', async () => {
    const { show } = await open(
      { status: 'failed', endedAt: iso(Date.now()) },
      { job: 'daily-mrr-rollup' },
    );
    await show();
    const run = await drawer();
    const why = await run.findByRole('complementary', {
      name: 'Why it cannot be run by hand',
    });
    expect(why).toHaveTextContent('would count the revenue twice');
    expect(
      run.getByRole('button', { name: /^Page Finance on call/ }),
    ).toHaveAttribute('href', 'https://pager.example.com/finance');
    expect(run.getByRole('button', { name: /^Retry/ })).toHaveAttribute(
      'aria-disabled',
      'true',
    );
  });

  it('[protocol.2] says where the log is where there is none here, and how late the run began', async () => {
    const { show } = await open({
      ...{ status: 'succeeded', endedAt: iso(Date.now() - 2000) },
      ...{ scheduledFor: '2026-11-20T02:00:00.000Z', lateMs: 300_000 },
    });
    server.use(
      http.get('*/v1/runs/:id/log', () =>
        HttpResponse.json({
          ...{ lines: [], nextAfter: 0, totalLines: 0, source: 'tail' },
          ended: true,
          noLog: 'There is no log here, because journald on db-1 keeps it',
        }),
      ),
    );
    await show();
    const run = await drawer();
    expect(
      await run.findByText(
        'There is no log here, because journald on db-1 keeps it',
      ),
    ).toBeVisible();
    expect(run.getByText(/, started 5 min late$/)).toBeVisible();
    // nothing to search, copy or download
    expect(run.queryByRole('button', { name: /Download/ })).toBeNull();
  });

  it('tells how it ended, who set it going and why, with what, and what it logged', async () => {
    const { show } = await open({
      status: 'failed',
      exitCode: 3,
      durationMs: 18_000,
      endedAt: iso(Date.now() - 2000),
      trigger: 'manual',
      triggeredBy: 'user:default/anna',
      reason: 'Customer asked for it',
      parameters: { daysAhead: 14 },
      error: {
        name: 'MailError',
        message: 'answered 502',
        stack: 'MailError: answered 502\n    at x.js:1:1',
      },
    });
    const { user } = await show();
    const run = await drawer();
    expect(await run.findByText('exit 3')).toBeVisible();
    expect(run.getAllByText('failed')[0]).toBeVisible();
    expect(run.getByText('18 s')).toBeVisible();
    expect(run.getByRole('link', { name: /anna/ })).toBeVisible();
    expect(run.getByText(/Customer asked for it/)).toBeVisible();
    expect(
      within(run.getByRole('table', { name: 'Parameters' })).getByText('14'),
    ).toBeVisible();
    expect(run.getByRole('note', { name: 'Error' })).toHaveTextContent(
      'answered 502',
    );
    await user.click(run.getByRole('button', { name: 'Show stack' }));
    expect(run.getByLabelText('Stack')).toHaveTextContent('at x.js:1:1');
    const log = await run.findByRole('region', { name: 'Log lines' });
    expect(await within(log).findByText(/answered 502/)).toBeVisible();
  });

  it('[protocol.5] names both executions of a run that was executed twice', async () => {
    const { show } = await open({
      status: 'succeeded',
      endedAt: iso(Date.now()),
      executions: [
        {
          startedAt: '2026-11-28T15:01:00.044Z',
          workerId: 'worker-one',
          status: 'succeeded',
          endedAt: '2026-11-28T15:01:01.000Z',
        },
        {
          startedAt: '2026-11-28T15:01:12.554Z',
          workerId: 'worker-two',
          status: 'running',
        },
      ],
    });
    await show();
    const note = (await drawer()).getByRole('note', { name: 'Executed twice' });
    const [first, second] = within(note).getAllByRole('listitem');
    expect(first).toHaveTextContent(/^started .* by worker-one, succeeded/);
    expect(second).toHaveTextContent(/^started .* by worker-two, running$/);
  });

  it('[protocol.3] marks a run whose request nothing proves, says why, and shows what it says of people as a claim', async () => {
    const { show } = await open({
      status: 'succeeded',
      endedAt: iso(Date.now()),
      trigger: 'api',
      triggeredBy: 'worker:w1',
      signature: 'bad',
      claims: {
        triggeredBy: 'user:default/alva',
        trigger: 'manual',
        reason: 'because Alva said so',
        problem: 'it was signed for run-2',
      },
    });
    await show();
    const run = await drawer();
    expect(await run.findByText('unsigned')).toBeVisible();
    expect(
      run.getByText(/signature of the request proves nothing/),
    ).toBeVisible();
    expect(run.getByText('worker:w1')).toBeVisible();
    const claim = run.getByText(/^requested by/);
    expect(claim).toHaveTextContent('alva');
    expect(claim).toHaveTextContent('but it was signed for run-2');
  });

  it('marks no run whose request a worker has verified, or that came from its schedule', async () => {
    const { show } = await open({
      status: 'succeeded',
      endedAt: iso(Date.now()),
      trigger: 'manual',
      triggeredBy: 'user:default/anna',
      signature: 'verified',
    });
    await show();
    const run = await drawer();
    expect(await run.findByRole('link', { name: /anna/ })).toBeVisible();
    expect(run.queryByText('unsigned')).toBeNull();
  });

  it('shows markup in a log as text', async () => {
    const { platform, show } = await open({
      status: 'succeeded',
      endedAt: iso(Date.now()),
    });
    platform.logs.set('run-1', ['<img src=x onerror="alert(1)"><b>hello</b>']);
    await show();
    const log = await (
      await drawer()
    ).findByRole('region', { name: 'Log lines' });
    expect(
      await within(log).findByText(
        '<img src=x onerror="alert(1)"><b>hello</b>',
      ),
    ).toBeVisible();
    expect(log.querySelector('img, b')).toBeNull();
  });

  it('follows the log while the run goes on, and sees it end', async () => {
    const { platform, run, show } = await open({
      status: 'running',
      progress: 40,
    });
    platform.logs.set('run-1', ['first line']);
    await show();
    const log = await (
      await drawer()
    ).findByRole('region', { name: 'Log lines' });
    await within(log).findByText('first line');
    platform.log(run).push('second line');
    expect(
      await within(log).findByText('second line', undefined, { timeout: 1000 }),
    ).toBeVisible();
    platform.log(run).push('third line');
    run.status = 'succeeded';
    run.endedAt = iso(Date.now());
    expect(await within(log).findByText('third line')).toBeVisible();
    expect(await screen.findByText('3 lines')).toBeVisible();
    const view = await drawer();
    await waitFor(() =>
      expect(view.queryByText(/running/)).not.toBeInTheDocument(),
    );
  });

  it('goes to the line that the address names, and puts a line there that is clicked', async () => {
    const { platform, show } = await open(
      { status: 'succeeded', endedAt: iso(Date.now()) },
      { hash: '#L2' },
    );
    platform.logs.set('run-1', ['one', 'two', 'three']);
    const { user, address } = await show();
    const log = within(
      await (await drawer()).findByRole('region', { name: 'Log lines' }),
    );
    await log.findByText('two');
    await user.click(log.getByRole('link', { name: 'Line 3' }));
    expect(address()).toBe('/x?run=run-1#L3');
  });

  it('finds in the log, and narrows it to its errors', async () => {
    const { platform, show } = await open({
      status: 'succeeded',
      endedAt: iso(Date.now()),
    });
    platform.logs.set(
      'run-1',
      Array.from({ length: 2000 }, (_, i) =>
        i % 500 === 3 ? `error in ${i}` : `fine ${i}`,
      ),
    );
    const { user } = await show();
    const run = await drawer();
    await run.findByText('2,000 lines');
    const search = run.getByRole('searchbox', { name: 'Search the log' });
    await user.type(search, 'error in');
    expect(await run.findByText('1 of 4')).toBeVisible();
    await user.type(search, '{Enter}');
    expect(await run.findByText('2 of 4')).toBeVisible();
    // Escape clears the search; the drawer stays
    await user.keyboard('{Escape}');
    expect(search).toHaveValue('');
    await user.click(run.getByRole('button', { name: 'Only errors' }));
    const log = within(run.getByRole('region', { name: 'Log lines' }));
    await waitFor(() =>
      expect(log.queryByText('fine 1999')).not.toBeInTheDocument(),
    );
    expect(log.getAllByText(/error in/)).toHaveLength(4);
  });

  it('copies the log without its colours', async () => {
    const { platform, show } = await open({
      status: 'succeeded',
      endedAt: iso(Date.now()),
    });
    platform.logs.set('run-1', ['\u001b[32mgreen\u001b[0m', 'plain']);
    const { user } = await show();
    const copy = jest.spyOn(navigator.clipboard, 'writeText');
    const run = await drawer();
    await user.click(await run.findByRole('button', { name: 'Copy log' }));
    expect(await run.findByText(/2 lines copied/)).toBeVisible();
    expect(copy).toHaveBeenCalledWith('green\nplain');
  });

  it('links a retry with what it retries, and shows how their parameters differ', async () => {
    const { show } = await open({
      status: 'succeeded',
      endedAt: iso(Date.now()),
      trigger: 'retry',
      retryOf: `${JOB}.a41001`,
      parameters: { daysAhead: 45, template: 'reminder-v3' },
      retriedParameters: { daysAhead: 30, template: 'reminder-v3' },
    });
    const { user, query } = await show();
    const run = await drawer();
    const parameters = within(
      await run.findByRole('table', { name: 'Parameters' }),
    );
    expect(parameters.getByText('30').tagName).toBe('DEL');
    expect(parameters.getByText('45').tagName).toBe('INS');
    await user.click(run.getByRole('link', { name: `${JOB}.a41001` }));
    expect(query().get('run')).toBe(`${JOB}.a41001`);
    expect(
      await (await drawer()).findByRole('note', { name: 'Error' }),
    ).toBeVisible();
  });

  it('says that a job without a hook cannot be cancelled once it runs', async () => {
    const { show } = await open(
      { status: 'running' },
      { job: 'search-reindex' },
    );
    const { user } = await show();
    const cancel = await (
      await drawer()
    ).findByRole('button', { name: 'Cancel search-reindex' });
    expect(cancel).toHaveAttribute('aria-disabled', 'true');
    await user.click(cancel);
    expect(
      await screen.findByRole('dialog', { name: /Why “Cancel/ }),
    ).toHaveTextContent('does not listen for a cancellation');
  });

  it('claims no more than the worker said: cancelling until it has stopped', async () => {
    const { run, show } = await open(
      { status: 'cancelling' },
      { job: 'full-data-export' },
    );
    await show();
    const view = await drawer();
    expect(await view.findByText('cancelling')).toBeVisible();
    run.status = 'cancelled';
    run.endedAt = iso(Date.now());
    expect(await view.findByText('cancelled')).toBeVisible();
  });

  it('says why a worker refused it', async () => {
    const { show } = await open(
      {
        status: 'refused',
        refusal: {
          rule: 'manualRun',
          message: 'daily-mrr-rollup must not be run by hand',
        },
      },
      { job: 'daily-mrr-rollup' },
    );
    await show();
    expect(
      await (await drawer()).findByRole('note', { name: 'Refused' }),
    ).toHaveTextContent('daily-mrr-rollup must not be run by hand');
  });

  it('closes with Escape and with its button', async () => {
    const { show } = await open({
      status: 'succeeded',
      endedAt: iso(Date.now()),
    });
    const { user, address, back } = await show();
    await user.click(
      await (await drawer()).findByRole('button', { name: 'Close' }),
    );
    expect(address()).toBe('/x');
    await back();
    await drawer();
    await user.keyboard('{Escape}');
    expect(address()).toBe('/x');
  });

  it('has no serious violation of accessibility', async () => {
    const { show } = await open({
      status: 'failed',
      endedAt: iso(Date.now()),
      error: { name: 'Error', message: 'no' },
      parameters: { a: 1 },
    });
    await show();
    await (await drawer()).findByRole('region', { name: 'Log lines' });
    expect(await seriousViolations()).toEqual([]);
  });
});
