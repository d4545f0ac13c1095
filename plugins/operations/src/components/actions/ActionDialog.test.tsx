import { useState } from 'react';
import { screen, waitFor } from '@testing-library/react';
import { setupServer } from 'msw/node';
import { registerMswTestHooks } from '@backstage/test-utils';
import { handlersFor, TestPlatform } from '../../__testUtils__';
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
});
