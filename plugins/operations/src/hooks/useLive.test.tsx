import { act, screen, waitFor } from '@testing-library/react';
import { http, HttpResponse } from 'msw';
import { errorAnswer } from '../__testUtils__';
import { at, pagePortal } from '../__testUtils__/pagePortal';
import { renderPage } from '../__testUtils__/renderPage';
import { ErrorNotice } from '../components';
import { useLive } from '@craft-easy/backstage-plugin-operations-react';
import { PollInterval } from '@craft-easy/backstage-plugin-operations-react/internal';

const server = pagePortal();

/** Shows how often the backend has answered. */
function Counter(props: { everyMs?: number }) {
  const rules = useLive(
    'GET /approvals/rules',
    {},
    { everyMs: props.everyMs, topics: ['approvals'] },
  );
  return (
    <>
      <p>answer {rules.data?.items.length ?? 'none'}</p>
      {rules.error && (
        <ErrorNotice
          title="Not loaded"
          error={rules.error}
          onRetry={rules.refresh}
          retried
        />
      )}
    </>
  );
}

const rule = { action: 'a.b', always: true, withinMinutes: 1 };
const answerOf = (n: number) =>
  HttpResponse.json({ items: Array.from({ length: n }, () => rule) });

/** A backend that answers its n-th request with `failure(n)`, or with n rules. */
function aBackend(failure: (n: number) => Response | undefined) {
  const seen = { requests: 0 };
  server.use(
    http.get(at('/approvals/rules'), () => {
      seen.requests++;
      return failure(seen.requests) ?? answerOf(seen.requests);
    }),
  );
  return seen;
}

const ended = () => errorAnswer(401, 'AuthenticationError', 'jwt expired');

describe('data that keeps itself up to date', () => {
  it('[truth.25] goes on after one answer that the session has ended, without the window being focused', async () => {
    const seen = aBackend(n => (n === 2 ? ended() : undefined));
    await renderPage(<Counter everyMs={100} />, '/operations/jobs');
    expect(await screen.findByText('answer 1')).toBeVisible();
    await waitFor(() => expect(seen.requests).toBeGreaterThan(4));
    expect(screen.queryByRole('alert')).not.toBeInTheDocument();
  });

  it('asks as often as the page is configured, where it says nothing else', async () => {
    const seen = aBackend(() => undefined);
    await renderPage(
      <PollInterval.Provider value={100}>
        <Counter />
      </PollInterval.Provider>,
      '/operations/jobs',
    );
    await waitFor(() => expect(seen.requests).toBeGreaterThan(4));
  });

  it('[truth.21] says in a sentence that the session has ended, with the way to sign in', async () => {
    aBackend(ended);
    await renderPage(<Counter everyMs={0} />, '/operations/jobs');
    expect(await screen.findByRole('alert')).toHaveTextContent(
      'Your session has ended. Sign in again to go on. It is tried again by itself.',
    );
    expect(screen.getByRole('button', { name: 'Sign in' })).toBeVisible();
  });

  it('[truth.21] loads by itself when the network is back', async () => {
    aBackend(n => (n === 1 ? HttpResponse.error() : undefined));
    await renderPage(<Counter everyMs={0} />, '/operations/jobs');
    expect(await screen.findByRole('alert')).toHaveTextContent(
      /The backend did not answer/,
    );
    act(() => {
      window.dispatchEvent(new Event('offline'));
      window.dispatchEvent(new Event('online'));
    });
    expect(await screen.findByText('answer 2')).toBeVisible();
    expect(screen.queryByRole('alert')).not.toBeInTheDocument();
  });
});
