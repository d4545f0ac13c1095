import { screen, waitFor, within } from '@testing-library/react';
import { delay, http, HttpResponse } from 'msw';
import { Route, Routes } from 'react-router-dom';
import type { Approval } from '@craft-easy/backstage-plugin-operations-common';
import { aRequest } from '../__testUtils__/approvals';
import { seriousViolations } from '../__testUtils__/axe';
import { fill } from '../__testUtils__/fill';
import { at, onePage, pagePortal } from '../__testUtils__/pagePortal';
import { permissionsHandler } from '../__testUtils__/permissions';
import { renderPage } from '../__testUtils__/renderPage';
import { capabilities } from '../shell/capabilities';
import { ApprovalsPage } from './ApprovalsPage';
import { PendingRequests } from './PendingRequests';

const server = pagePortal();

/** A backend whose answers take their time; deciding takes a request out of those that wait. */
function aBackend(waiting: Approval[], decided: Approval[] = []) {
  const sent: unknown[] = [];
  server.use(
    permissionsHandler(),
    http.get(at('/approvals'), async ({ request }) => {
      await delay(20);
      const states = new URL(request.url).searchParams.getAll('state');
      return onePage(states.includes('waiting') ? waiting : decided);
    }),
    http.get(at('/approvals/:id'), ({ params }) =>
      HttpResponse.json(
        [...waiting, ...decided].find(item => item.id === params.id),
      ),
    ),
    http.post(at('/approvals/:id/:verb'), async ({ params, request }) => {
      sent.push([params.verb, await request.json()]);
      const [item] = waiting.splice(
        waiting.findIndex(one => one.id === params.id),
        1,
      );
      const state = params.verb === 'approve' ? 'done' : 'withdrawn';
      return HttpResponse.json({
        approval: { ...item, state },
        auditId: 'audit-1',
      });
    }),
  );
  return sent;
}

const waitingList = () => screen.findByRole('list', { name: 'Waiting' });

describe('the inbox of the second person', () => {
  it('[truth.11] says what is asked for as the asking dialog does: facts, times, banner and why', async () => {
    aBackend([aRequest('one')]);
    await renderPage(<ApprovalsPage />, '/operations/approvals');
    expect(
      await screen.findByText('1 request waits for your decision'),
    ).toBeVisible();
    const item = within(
      within(await waitingList()).getAllByRole('listitem')[0],
    );
    expect(
      item.getByText(/asks to plan to take the whole platform offline from/),
    ).toHaveTextContent(/^ada\.admin asks to/);
    expect(item.getByText('“The data centre moves tonight”')).toBeVisible();
    expect(
      await item.findByText(
        /Takes the whole platform offline: every request that is not on the allow-list gets a 503/,
      ),
    ).toBeVisible();
    expect(
      item.getByRole('note', { name: 'Preview of the banner' }),
    ).toHaveTextContent(
      /Offline for maintenance We move to new machines until/,
    );
    expect(item.getByText('Jobs held until the end')).toBeVisible();
    expect(
      item.getByText(/because the whole platform goes offline/),
    ).toBeVisible();
    expect(await seriousViolations()).toEqual([]);
  });

  it('[truth.11] shows before and after where something is changed', async () => {
    aBackend([
      aRequest('one', {
        action: 'maintenance.extend',
        parameters: {
          scope: { kind: 'tenant', tenant: 'nordic-gym' },
          mode: 'offline',
        },
        before: { mode: 'read-only' },
      }),
    ]);
    await renderPage(<ApprovalsPage />, '/operations/approvals');
    const item = within(
      within(await waitingList()).getAllByRole('listitem')[0],
    );
    expect(item.getByText('read-only → offline')).toBeVisible();
  });

  it('[truth.11] shows the same once more in the dialog in which it is approved', async () => {
    const sent = aBackend([aRequest('one')]);
    const { user } = await renderPage(
      <ApprovalsPage />,
      '/operations/approvals',
    );
    await user.click(
      await screen.findByRole('button', {
        name: /^Approve: plan to take the whole platform offline/,
      }),
    );
    const dialog = within(await screen.findByRole('dialog'));
    expect(dialog.getByRole('heading')).toHaveTextContent(
      /^Approve: plan to take the whole platform offline from .*\?$/,
    );
    expect(
      await dialog.findByRole('note', { name: 'Preview of the banner' }),
    ).toBeVisible();
    await fill(user, dialog.getByLabelText(/Reason/), 'Seen and discussed');
    await user.click(dialog.getByRole('button', { name: 'Approve' }));
    expect(
      await screen.findByText(/^Approved and done: plan to take/),
    ).toBeVisible();
    expect(sent).toEqual([['approve', { reason: 'Seen and discussed' }]]);
    expect(
      await screen.findByText('Nothing waits for a second person', {
        selector: 'h2',
      }),
    ).toBeVisible();
  });

  it('[truth.11] says of requests that only others can decide that they are not for the user', async () => {
    aBackend(
      [aRequest('one', { isOwn: true })],
      [
        aRequest('two', {
          state: 'rejected',
          decidedBy: 'user:default/jonas.berg',
          decidedAt: new Date().toISOString(),
          decisionReason: 'Not during the sale',
        }),
      ],
    );
    await renderPage(<ApprovalsPage />, '/operations/approvals');
    expect(
      await screen.findByText(
        '1 request waits for a second person, not for you',
      ),
    ).toBeVisible();
    const item = within(
      within(await waitingList()).getAllByRole('listitem')[0],
    );
    expect(
      item.queryByRole('button', { name: /^Approve/ }),
    ).not.toBeInTheDocument();
    expect(item.getByRole('button', { name: /^Withdraw/ })).toBeVisible();
    expect(
      await screen.findByRole('list', { name: 'Decided' }),
    ).toHaveTextContent(/Rejected by jonas\.berg.*“Not during the sale”/);
  });
});

describe('a request that a link leads to after it was decided', () => {
  it('[truth.11] has the values that were asked for, and says nothing of what will happen', async () => {
    const done = aRequest('two', {
      state: 'done',
      decidedBy: 'user:default/jonas.berg',
      decidedAt: new Date().toISOString(),
    });
    aBackend([], [done]);
    await renderPage(<ApprovalsPage />, '/operations/approvals?approval=two');
    const item = await screen.findByRole('list', { name: 'Approvals' });
    expect(item).toHaveTextContent(/Mode\s*offline/);
    expect(item).toHaveTextContent(/Message to users.*We move to new machines/);
    expect(item).not.toHaveTextContent(/Takes the whole platform offline/);
    expect(within(item).queryByRole('note')).not.toBeInTheDocument();
  });
});

describe('what waits where nobody knows whether the user may see it', () => {
  it('is asked for, and the backend says', async () => {
    aBackend([aRequest('one')]);
    server.use(
      http.get(at('/permissions/mine'), () =>
        HttpResponse.json({ items: [], unusedPages: [] }),
      ),
    );
    await renderPage(<ApprovalsPage />, '/operations/approvals');
    expect(await waitingList()).toBeVisible();
  });
});

describe('the page where something was asked for', () => {
  const page = (of: readonly string[], path: string) => (
    <Routes>
      <Route
        path={`/operations/${path}/*`}
        element={<PendingRequests of={of} />}
      />
    </Routes>
  );
  const pending = { name: 'Waiting for a second person' };

  it('[truth.11] has a row of it while it waits, with which whoever asked withdraws it', async () => {
    const sent = aBackend([aRequest('one', { isOwn: true })]);
    const { user } = await renderPage(
      page(['maintenance'], 'maintenance'),
      '/operations/maintenance',
    );
    const row = within(await screen.findByRole('list', pending));
    await user.click(row.getByRole('button', { name: /^Withdraw: plan to/ }));
    const dialog = within(await screen.findByRole('dialog'));
    await fill(user, dialog.getByLabelText(/Reason/), 'Not needed after all');
    await user.click(dialog.getByRole('button', { name: 'Withdraw' }));
    await waitFor(() => expect(sent).toHaveLength(1));
    await waitFor(() =>
      expect(screen.queryByRole('list', pending)).not.toBeInTheDocument(),
    );
  });

  it('[truth.11] has it also for whoever may not see what others ask for', async () => {
    server.use(
      permissionsHandler(name => name === 'operations.approval.read'),
      http.get(at('/approvals/mine'), () =>
        HttpResponse.json({
          items: [aRequest('one', { isOwn: true, rule: undefined })],
        }),
      ),
    );
    await renderPage(
      page(['maintenance'], 'maintenance'),
      '/operations/maintenance',
    );
    const row = within(await screen.findByRole('list', pending));
    expect(row.getByText(/It waits for a second person\./)).toBeVisible();
    expect(
      row.getByRole('button', { name: /^Withdraw: plan to/ }),
    ).toBeEnabled();
  });

  it('[truth.11] is that of the job for what was asked for a job, and not that of another', async () => {
    aBackend([
      aRequest('one', {
        action: 'job.run',
        target: 'job:bullmq/churn-score',
        jobId: 'bullmq/churn-score',
        parameters: { tenant: 'acme' },
      }),
    ]);
    const first = await renderPage(
      page(['job'], 'jobs'),
      '/operations/jobs/bullmq/churn-score',
    );
    expect(await screen.findByRole('list', pending)).toHaveTextContent(
      'asks to run churn-score',
    );
    expect(first.address()).toBe('/operations/jobs/bullmq/churn-score');
  });

  it('[truth.11] is that of the job also for its queue', async () => {
    const address = '/operations/jobs/bullmq/churn-score';
    aBackend([
      aRequest('one', {
        ...{ action: 'queue.resume', target: 'job:bullmq/churn-score' },
        jobId: 'bullmq/churn-score',
        parameters: {},
      }),
    ]);
    const { actions = [] } = capabilities.find(({ path }) => path === 'jobs')!;
    await renderPage(page(actions, 'jobs'), address);
    expect(await screen.findByRole('list', pending)).toHaveTextContent(
      'asks to resume the queue of churn-score',
    );
  });
});
