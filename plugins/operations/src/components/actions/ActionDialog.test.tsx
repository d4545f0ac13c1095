import { useState } from 'react';
import { screen, waitFor, within } from '@testing-library/react';
import { http, HttpResponse } from 'msw';
import { setupServer } from 'msw/node';
import { analyticsApiRef } from '@backstage/core-plugin-api';
import {
  MockAnalyticsApi,
  registerMswTestHooks,
  TestApiProvider,
} from '@backstage/test-utils';
import { handlersFor, TestPlatform } from '../../__testUtils__';
import { at } from '../../__testUtils__/pagePortal';
import { renderPage } from '../../__testUtils__/renderPage';
import { CheckField } from '../CheckField';
import { ActionDialog } from './ActionDialog';

const server = setupServer();
registerMswTestHooks(server);

/** A button that opens a dialog whose first field is a checkbox. */
function Opener() {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <button onClick={() => setOpen(true)}>Open</button>
      {isOpen && (
        <ActionDialog
          action="queue.resume"
          title="Resume the queue"
          button="Resume"
          facts={[]}
          endpoint="POST /jobs/:engine/:name/queue/resume"
          params={{ engine: 'bullmq', name: 'churn-score' }}
          outcome={() => 'Resumed'}
          onClose={() => setOpen(false)}
        >
          <CheckField label="Dry run" checked onChange={() => undefined} />
        </ActionDialog>
      )}
    </>
  );
}

describe('the dialog of an action', () => {
  it('[truth.20] is opened by the keyboard, also where its first field is a checkbox', async () => {
    server.use(...handlersFor(new TestPlatform()));
    const { user } = await renderPage(<Opener />, '/operations/jobs');
    await user.tab();
    while (!screen.getByRole('button', { name: 'Open' }).matches(':focus')) {
      await user.tab();
    }
    await user.keyboard('{Enter}');
    await screen.findByRole('dialog', { name: 'Resume the queue' });
    await waitFor(() =>
      expect(screen.getByRole('checkbox', { name: 'Dry run' })).toHaveFocus(),
    );
  });

  it('counts an action that was carried out, by its name alone, for the portal’s analytics', async () => {
    const analytics = new MockAnalyticsApi();
    server.use(
      http.post(at('/jobs/:engine/:name/queue/resume'), () =>
        HttpResponse.json({ auditId: 'a1' }),
      ),
      ...handlersFor(new TestPlatform()),
    );
    const { user } = await renderPage(
      <TestApiProvider apis={[[analyticsApiRef, analytics]]}>
        <Opener />
      </TestApiProvider>,
      '/operations/jobs',
    );
    await user.click(screen.getByRole('button', { name: 'Open' }));
    const dialog = within(await screen.findByRole('dialog'));
    await user.type(
      dialog.getByRole('textbox', { name: /reason/i }),
      'The provider is back',
    );
    const acts = () =>
      analytics.getEvents().filter(({ action }) => action === 'act');
    expect(acts()).toEqual([]);
    await user.click(dialog.getByRole('button', { name: 'Resume' }));
    await waitFor(() =>
      expect(acts()).toMatchObject([{ subject: 'queue.resume' }]),
    );
    expect(JSON.stringify(acts())).not.toContain('churn-score');
  });
});
