import type { ReactElement } from 'react';
import { screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { useLocation, useNavigate } from 'react-router-dom';
import { renderInTestApp, TestApiProvider } from '@backstage/test-utils';
import { entityRouteRef } from '@backstage/plugin-catalog-react';
import { signalApiRef } from '@backstage/plugin-signals-react';
import {
  DEFAULT_MOUNT_PATH,
  OperationsClient,
} from '@craft-easy/backstage-plugin-operations-common';
import { operationsApiRef } from '@craft-easy/backstage-plugin-operations-react';
import { rootRouteRef } from '@craft-easy/backstage-plugin-operations-react';
import { OperationsRoot } from '../shell/OperationsRoot';
import { TestSignals } from './TestSignals';

/** A page on a test's screen. */
export interface RenderedPage {
  user: ReturnType<typeof userEvent.setup>;
  /** path, query and hash as the address bar would show them */
  address: () => string;
  query: () => URLSearchParams;
  /** the browser's back button */
  back: () => Promise<void>;
  forward: () => Promise<void>;
  /** signals as the backend would send them */
  signals: TestSignals;
}

/**
 * Renders a page at an address, with the real client in front of msw's answers.
 * @param options - `mountedAt`: where the portal has Operations
 */
export async function renderPage(
  page: ReactElement,
  at: string,
  options: { mountedAt?: string } = {},
): Promise<RenderedPage> {
  const signals = new TestSignals();
  const client = new OperationsClient({
    discoveryApi: { getBaseUrl: async id => `http://localhost/api/${id}` },
    fetchApi: { fetch: (input, init) => fetch(input, init) },
  });
  const user = userEvent.setup();
  await renderInTestApp(
    <TestApiProvider
      apis={[
        [operationsApiRef, client],
        [signalApiRef, signals],
      ]}
    >
      <OperationsRoot page>{page}</OperationsRoot>
      <AddressBar />
    </TestApiProvider>,
    {
      routeEntries: [at],
      mountedRoutes: {
        [options.mountedAt ?? DEFAULT_MOUNT_PATH]: rootRouteRef,
        '/catalog/:namespace/:kind/:name': entityRouteRef,
      },
    },
  );
  const address = () => screen.getByTestId('address').textContent!;
  return {
    user,
    signals,
    address,
    query: () => new URL(address(), 'http://localhost').searchParams,
    back: () => user.click(screen.getByTestId('back')),
    forward: () => user.click(screen.getByTestId('forward')),
  };
}

/** Returns a control once the caller's permission for it is known. */
export async function mayClick(
  role: 'button' | 'checkbox',
  name: string | RegExp,
): Promise<HTMLElement> {
  // the control may be rendered anew when the permission becomes known
  const control = () => screen.getByRole(role, { name });
  await waitFor(() =>
    expect(control()).not.toHaveAttribute('aria-disabled', 'true'),
  );
  return control();
}

function AddressBar() {
  const { pathname, search, hash } = useLocation();
  const navigate = useNavigate();
  return (
    // not part of the page, and so hidden from screen readers and from axe
    <div hidden>
      <output data-testid="address">{pathname + search + hash}</output>
      <button data-testid="back" onClick={() => navigate(-1)} />
      <button data-testid="forward" onClick={() => navigate(1)} />
    </div>
  );
}
