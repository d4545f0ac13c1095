import { act, screen } from '@testing-library/react';
import { pagePortal } from '../__testUtils__/pagePortal';
import { renderPage } from '../__testUtils__/renderPage';
import { lazyPart } from './lazyPart';

pagePortal();

/** A part whose code arrives with the n-th attempt. */
function partThatLoadsAt(attempt: number) {
  let attempts = 0;
  return lazyPart(async () => {
    attempts++;
    if (attempts < attempt) throw new Error('Loading chunk 7 failed.');
    return () => <p>The part</p>;
  });
}

describe('a part that is loaded when it first shows', () => {
  it('[truth.21] says in a sentence that it could not be loaded, never as a stack, and loads when the network is back', async () => {
    const Part = partThatLoadsAt(2);
    await renderPage(<Part />, '/operations/jobs');
    const notice = await screen.findByRole('alert');
    expect(notice).toHaveTextContent(
      'This part of the page could not be loaded',
    );
    expect(notice).not.toHaveTextContent('chunk');
    act(() => {
      window.dispatchEvent(new Event('online'));
    });
    expect(await screen.findByText('The part')).toBeVisible();
  });

  it('[truth.21] is tried again by itself, without anybody doing anything', async () => {
    const Part = partThatLoadsAt(3);
    await renderPage(<Part />, '/operations/jobs');
    expect(
      await screen.findByText('The part', undefined, { timeout: 10_000 }),
    ).toBeVisible();
  });
});
