import { useState } from 'react';
import { act, screen, waitFor } from '@testing-library/react';
import Dialog from '@material-ui/core/Dialog';
import { pagePortal } from '../../__testUtils__/pagePortal';
import { renderPage } from '../../__testUtils__/renderPage';
import { lazyDialog } from './lazyDialog';

pagePortal();

/** A dialog whose code arrives, or fails to, when the test says so. */
function dialogThatLoads(name: string) {
  const attempts: Array<{ arrive: () => void; fail: () => void }> = [];
  const Lazy = lazyDialog<{ onClose: () => void }>(
    () =>
      new Promise((resolve, reject) =>
        attempts.push({
          arrive: () =>
            resolve(({ onClose }) => (
              <Dialog
                open
                onClose={onClose}
                PaperProps={{ 'aria-label': name }}
              >
                <button>Do it</button>
              </Dialog>
            )),
          fail: () => reject(new Error('Loading chunk 7 failed.')),
        }),
      ),
  );
  const next = async (what: 'arrive' | 'fail') => {
    await waitFor(() => expect(attempts).not.toEqual([]));
    await act(async () => attempts.shift()![what]());
  };
  return { Lazy, next };
}

type Lazy = ReturnType<typeof dialogThatLoads>['Lazy'];

function TwoButtons(props: { retry: Lazy; run: Lazy }) {
  const [open, setOpen] = useState({ retry: false, run: false });
  const toggle = (name: keyof typeof open, on: boolean) => () =>
    setOpen(now => ({ ...now, [name]: on }));
  return (
    <>
      <button onClick={toggle('retry', true)}>Retry</button>
      <button onClick={toggle('run', true)}>Run</button>
      {open.retry && <props.retry onClose={toggle('retry', false)} />}
      {open.run && <props.run onClose={toggle('run', false)} />}
    </>
  );
}

async function render() {
  const retry = dialogThatLoads('Retry the run');
  const run = dialogThatLoads('Run the job');
  const { user } = await renderPage(
    <TwoButtons retry={retry.Lazy} run={run.Lazy} />,
    '/operations/jobs',
  );
  return { user, retry, run };
}

describe('a dialog that is loaded when it is first asked for', () => {
  it('[truth.20] is the only one that can be opened while it loads, by pointer or keyboard', async () => {
    const { user, retry } = await render();
    await user.click(screen.getByRole('button', { name: 'Retry' }));
    expect(screen.getByRole('status', { name: 'Opening' })).toBeInTheDocument();
    expect(screen.queryByRole('button', { name: 'Run' })).toBeNull();
    for (let n = 0; n < 8; n++) {
      await user.tab();
      await user.keyboard('{Enter}');
    }
    await retry.next('arrive');
    expect(screen.getAllByRole('dialog')).toEqual([
      await screen.findByRole('dialog', { name: 'Retry the run' }),
    ]);
  });

  it('[truth.20] gives the focus back to the button that opened it', async () => {
    const { user, retry } = await render();
    await user.click(screen.getByRole('button', { name: 'Retry' }));
    await retry.next('arrive');
    const dialog = await screen.findByRole('dialog', { name: 'Retry the run' });
    await waitFor(() => expect(focused()).toContainElement(dialog));
    await user.keyboard('{Escape}');
    await waitFor(() =>
      expect(screen.getByRole('button', { name: 'Retry' })).toHaveFocus(),
    );
  });

  it('[truth.20] is given up by Escape before it is there', async () => {
    const { user, retry } = await render();
    await user.click(screen.getByRole('button', { name: 'Retry' }));
    await user.keyboard('{Escape}');
    expect(screen.getByRole('button', { name: 'Retry' })).toHaveFocus();
    await retry.next('arrive');
    expect(screen.queryByRole('dialog')).toBeNull();
  });

  it('[truth.21] says that it could not be loaded, and can be cancelled or tried again', async () => {
    const { user, retry } = await render();
    await user.click(screen.getByRole('button', { name: 'Retry' }));
    await retry.next('fail');
    expect(await screen.findByRole('alert')).toHaveTextContent(
      'This part of the page could not be loaded',
    );
    expect(screen.getByRole('button', { name: 'Cancel' })).toBeVisible();
    await user.click(screen.getByRole('button', { name: 'Try again' }));
    await retry.next('arrive');
    expect(
      await screen.findByRole('dialog', { name: 'Retry the run' }),
    ).toBeVisible();
  });
});

function focused(): HTMLElement {
  return document.activeElement as HTMLElement;
}
