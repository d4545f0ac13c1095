import { screen, waitFor, within } from '@testing-library/react';
import { http, HttpResponse, type RequestHandler } from 'msw';
import { setupServer } from 'msw/node';
import { registerMswTestHooks } from '@backstage/test-utils';
import { errorAnswer, handlersFor, iso, TestPlatform } from '../__testUtils__';
import { seriousViolations } from '../__testUtils__/axe';
import { renderPage } from '../__testUtils__/renderPage';
import { AuditPage } from './AuditPage';

const server = setupServer();
registerMswTestHooks(server);

function trail(): TestPlatform {
  const platform = new TestPlatform();
  platform.noteAction({
    actor: 'user:default/jonas.berg',
    action: 'job.run',
    target: 'job:bullmq/daily-mrr-rollup',
    jobId: 'bullmq/daily-mrr-rollup',
    reason: 'Numbers look low',
    outcome: 'refused',
    error: 'not safe to run by hand',
  });
  platform.noteAction({
    actor: 'user:default/anna.larsson',
    action: 'job.cancel',
    target: 'run:full-data-export.1',
    tenant: 'acme',
    reason: 'Wrong tenant, sorry',
    parameters: { token: '[redacted]' },
    outcome: 'succeeded',
    outcomeAt: iso(Date.now()),
    requestId: 'req-42',
    ip: '10.0.0.7',
  });
  return platform;
}

async function open(
  query = '',
  platform = trail(),
  overrides: RequestHandler[] = [],
) {
  server.use(...overrides, ...handlersFor(platform));
  return {
    ...(await renderPage(<AuditPage />, `/operations/audit${query}`)),
    platform,
  };
}

const row = (text: RegExp) => screen.findByRole('row', { name: text });

describe('audit trail', () => {
  it('tells each action as a sentence, with outcome and reason', async () => {
    await open();
    expect(
      await screen.findByRole('heading', { name: '2 actions recorded' }),
    ).toBeVisible();
    const refused = await row(/Numbers look low/);
    expect(refused).toHaveTextContent(
      /jonas\.berg tried to run daily-mrr-rollup “Numbers look low”/,
    );
    expect(within(refused).getByText('refused')).toBeVisible();
    const cancelled = await row(/Wrong tenant/);
    expect(cancelled).toHaveTextContent(
      /anna\.larsson cancelled run .* · tenant acme “Wrong tenant, sorry”/,
    );
    expect(within(cancelled).getByText('succeeded')).toBeVisible();
  });

  it('is sealed: the chain is whole, and it says when that was checked', async () => {
    await open();
    expect(
      await screen.findByText(
        /4 entries \(attempts and outcomes\), chain intact · checked/,
      ),
    ).toBeVisible();
  });

  it('says loudly where the chain is broken', async () => {
    await open('', trail(), [
      http.get('*/v1/audit/verification', () =>
        HttpResponse.json({
          whole: false,
          rows: 4,
          checkedAt: iso(Date.now()),
          brokenAt: {
            sequence: 3,
            id: 'x',
            why: 'its hash does not follow from row 2',
          },
        }),
      ),
    ]);
    expect(await screen.findByRole('alert')).toHaveTextContent(
      'The chain is broken at entry 3: its hash does not follow from row 2',
    );
  });

  it('[truth.14] opens an entry beside the list, in the address too, and Escape closes it', async () => {
    const { user, query } = await open();
    const cancelled = within(await row(/Wrong tenant/));
    await user.click(cancelled.getByRole('button', { name: 'Show details' }));
    expect(query().get('entry')).toBe('audit-2');
    expect(screen.getByText('job.cancel')).toBeVisible();
    expect(screen.getByText('req-42')).toBeVisible();
    expect(screen.getByLabelText('Parameters')).toHaveTextContent('[redacted]');
    await user.keyboard('{Escape}');
    await waitFor(() =>
      expect(screen.queryByRole('dialog')).not.toBeInTheDocument(),
    );
    expect(query().has('entry')).toBe(false);
  });

  it('opens with the row that a link names', async () => {
    await open('?job=bullmq/daily-mrr-rollup&entry=audit-1');
    expect(await screen.findByText('not safe to run by hand')).toBeVisible();
    expect(screen.queryByText(/Wrong tenant/)).not.toBeInTheDocument();
    expect(
      screen.getByRole('button', {
        name: 'Remove filter: job bullmq/daily-mrr-rollup',
        // behind the drawer
        hidden: true,
      }),
    ).toBeVisible();
  });

  it('filters by outcome in the address, and clears', async () => {
    const { user, query } = await open();
    await user.click(await screen.findByRole('button', { name: 'Outcome' }));
    await user.click(screen.getByRole('checkbox', { name: /failed/ }));
    await user.keyboard('{Escape}');
    expect(query().getAll('outcome')).toEqual(['failed']);
    expect(
      (await screen.findAllByText('No actions match these filters'))[0],
    ).toBeVisible();
    await user.click(
      screen.getAllByRole('button', { name: 'Clear filters' })[0],
    );
    await row(/Wrong tenant/);
    expect(query().toString()).toBe('');
  });

  it('says that one may not read it, and what would be needed', async () => {
    await open('', trail(), [
      http.get('*/v1/audit', () =>
        errorAnswer(403, 'NotAllowedError', 'You lack operations.audit.read'),
      ),
    ]);
    expect(await screen.findByRole('note')).toHaveTextContent(
      /You lack operations\.audit\.read.*platform-operators/,
    );
  });

  it('says what will be here on the first day', async () => {
    await open('', new TestPlatform());
    expect(await screen.findAllByText('No actions yet')).not.toEqual([]);
  });

  it('lets new rows wait while one reads', async () => {
    const { user, signals, platform } = await open();
    await user.hover(await row(/Wrong tenant/));
    platform.noteAction({
      actor: 'service:nightly',
      action: 'job.run',
      target: 'job:bullmq/churn-score',
      outcome: 'succeeded',
    });
    signals.send({ changed: 'audit' });
    await user.click(
      await screen.findByRole('button', { name: '1 new action' }),
    );
    expect(await row(/nightly ran churn-score/)).toBeVisible();
  });

  it('has no serious violation of accessibility', async () => {
    await open('?entry=audit-2');
    await screen.findByRole('dialog', { name: 'Audit entry' });
    await waitFor(() => expect(screen.getByText(/chain intact/)).toBeVisible());
    expect(await seriousViolations()).toEqual([]);
  });
});
