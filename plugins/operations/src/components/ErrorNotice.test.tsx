import { screen } from '@testing-library/react';
import { renderInTestApp } from '@backstage/test-utils';
import { ErrorNotice } from './ErrorNotice';

describe('the notice of an error', () => {
  const notice = { title: 'Not sent', error: new Error('away') };

  it('[truth.21] says that it is tried again by itself only where it is', async () => {
    await renderInTestApp(
      <>
        <ErrorNotice {...notice} onRetry={() => {}} />
        <ErrorNotice {...notice} onRetry={() => {}} retried />
      </>,
    );
    const [once, again] = screen.getAllByRole('alert');
    expect(once).not.toHaveTextContent(/tried again by itself/);
    expect(again).toHaveTextContent(/tried again by itself/);
  });
});
