import { screen, within } from '@testing-library/react';
import { http, HttpResponse } from 'msw';
import { setupServer } from 'msw/node';
import { registerMswTestHooks } from '@backstage/test-utils';
import { iso } from '../__testUtils__';
import { renderPage } from '../__testUtils__/renderPage';
import { ActionDialog } from '../components/actions';
import { fill } from '../__testUtils__/fill';

const server = setupServer();
registerMswTestHooks(server);

const soon = iso(Date.now() + 1_800_000);

function Offline() {
  return (
    <ActionDialog
      onClose={() => {}}
      action="maintenance.begin"
      title="Take the platform offline"
      button="Take offline"
      facts={['Nobody gets in.']}
      endpoint="POST /maintenance"
      body={() => ({
        scope: { kind: 'platform' } as const,
        mode: 'offline' as const,
        messages: {},
        timezone: 'UTC',
        endsAt: soon,
      })}
      outcome={() => ({ text: 'It is offline' })}
    />
  );
}

it('a dialog tells beforehand that a second person is needed, and afterwards that nothing was done yet', async () => {
  server.use(
    http.get('*/v1/approvals/rules', () =>
      HttpResponse.json({
        items: [
          {
            action: 'maintenance.*',
            description: 'the whole platform goes offline',
            always: false,
            withinMinutes: 30,
          },
          { action: 'cache.purge', always: true, withinMinutes: 5 },
        ],
      }),
    ),
    http.post('*/v1/maintenance', () =>
      HttpResponse.json(
        {
          approval: { id: 'a1', action: 'maintenance.begin', expiresAt: soon },
        },
        { status: 202 },
      ),
    ),
  );
  const { user } = await renderPage(<Offline />, '/operations/maintenance');
  const dialog = within(await screen.findByRole('dialog'));
  expect(
    await dialog.findByText(
      'A second person must approve it within 30 min if the whole platform goes offline, or it is not done.',
    ),
  ).toBeVisible();
  expect(dialog.queryByText(/within 5 min/)).not.toBeInTheDocument();
  await fill(user, dialog.getByLabelText(/Reason/), 'Moving the database');
  await user.click(dialog.getByRole('button', { name: 'Take offline' }));
  expect(
    await screen.findByText(/Not done yet: a second person must approve it/),
  ).toBeVisible();
  expect(screen.queryByText('It is offline')).not.toBeInTheDocument();
  expect(
    screen.getByRole('link', { name: 'Approval', hidden: true }),
  ).toHaveAttribute('href', '/operations/approvals?approval=a1');
});
